export type { AttributeType } from './attribute-census.js';
export type { AttributeValue, CatalogueItem } from './catalogue-item.js';
export { Interner } from './interner.js';
export { ItemColumns } from './item-columns.js';
export { ITEM_RECORD } from './item-record.js';
export { ItemInputs, MOST_INPUT_COLUMNS, type DescribedItem } from './item-inputs.js';
