export { ConfigWatcher, type ConfigWatcherOptions } from './config-watcher.js';
export { loadConfig, serviceConfig } from './load-config.js';
export { currentReferences, liveModels, resolveModel } from './model-references.js';
export { spareFullCollections } from './spare-full-collections.js';
