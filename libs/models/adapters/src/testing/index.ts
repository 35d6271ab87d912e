export { node, sumModel, type Files, type GraphModelOptions, type GraphNode } from './graph-model.js';
export { savedModel, type SavedModelParts, type SavedNodeParts } from './saved-model.js';
