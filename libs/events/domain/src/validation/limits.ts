/** What an event may be. Characters are UTF-16 code units, times milliseconds. */
export const EVENT_LIMITS = {
  idCharacters: 256,
  typeCharacters: 64,
  labelCharacters: 64,
  tokenCharacters: 4_096,
  items: 200,
  maxAgeMs: 24 * 3_600_000,
  maxAheadMs: 5 * 60_000,
  contextAttributes: 32,
  attributes: 64,
  attributeNameCharacters: 64,
  attributeCharacters: 2_048,
  attributeEntries: 256,
  attributeEntryCharacters: 256,
  titleCharacters: 512,
  descriptionCharacters: 8_192,
  categories: 32,
  tags: 64,
  tagCharacters: 128,
  vectorBytes: 4_096 * 4,
  servedItems: 200,
  servedArms: 64,
  featureNames: 256,
} as const;

const interactionBytes = 32 * 1024;
const internalBytes = new Map([['$item', 64 * 1024], ['$user', 64 * 1024], ['$served', 512 * 1024], ['$merge', 1024 * 1024], ['$erase', 1024 * 1024]]);

/** The most bytes an encoded event of a type may have. */
export const maxEventBytes = (type: string): number => internalBytes.get(type) ?? interactionBytes;
