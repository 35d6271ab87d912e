export { readBundle, removeBundle, writeBundle, type OpenBundle, type StoredBundle } from './bundle.js';
export { decodeItems, encodeItems } from './items.js';
export type { BundleManifest } from './manifest.js';
export { decodeNpy, encodeNpy, type NpyArray, type NpyData } from './npy.js';
