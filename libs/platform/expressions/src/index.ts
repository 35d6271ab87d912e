export type { Bindings, Facts, ItemView, ListView } from './bindings.js';
export type { AttributeType, CatalogueSchema } from './catalogue-schema.js';
export { ColumnsItemView } from './columns-item-view.js';
export { DocumentItemView, type DocumentParts } from './document-item-view.js';
export { checkExpression, compileExpression, type Expression, type ExpressionOptions } from './expression.js';
export { contextFacts, userFacts, type VisitFacts } from './facts.js';
export type { ExpressionKind, Variable } from './language.js';
