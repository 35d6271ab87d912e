export { hash64, type Hash64 } from './hash64.js';
export { HashTable64, type HashTableParts } from './hash-table64.js';
export { NumberPlaces } from './number-places.js';
export {
  PARTITIONS, anonymousEntity, itemEntity, ordinalOf, partitionOf, partitionOfOrdinal, userEntity, type Entity,
} from './partitions.js';
export { uuidV7 } from './uuid-v7.js';
