export { attributeValuesOf, catalogueItemOf } from './catalogue-entry.js';
export type { CatalogueSource } from './catalogue-source.js';
export { CatalogueFeed, type CatalogueFeedOptions } from './catalogue-feed.js';
export type { CatalogueView } from './catalogue-view.js';
