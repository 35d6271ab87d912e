export { MOST_MANIFEST_BYTES, parseDescription, readBundle, removeBundle, storeBundle, writeBundle, type BundleParts, type OpenBundle, type StoredBundle } from './bundle.js';
export { HEAD_BYTES, MANIFEST, MOST_FILE_BYTES, checkFile, refuseCode } from './contents.js';
export { decodeItems, encodeItems } from './items.js';
export { MOST_FILES, type BundleManifest, type DescribedModel, type TensorSignature } from './manifest.js';
export { decodeNpy, encodeNpy, type NpyArray, type NpyData } from './npy.js';
