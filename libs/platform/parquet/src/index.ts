export type { Column, ColumnType, Scalar } from './column.js';
export { encodeTable, type EncodeOptions } from './encode-table.js';
export { ParquetFile, type FileBytes, type Selection } from './parquet-file.js';
