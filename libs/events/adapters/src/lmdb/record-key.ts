/** Bytes of a record key: partition (16 bits) and position (64 bits), big-endian, so that keys sort by both. */
const KEY_BYTES = 10;
const WORD = 2 ** 32;

/** The key of the chunk of a partition that begins at a position. */
export function recordKey(partition: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt16BE(partition, 0);
  key.writeUInt32BE(Math.floor(position / WORD), 2);
  key.writeUInt32BE(position % WORD, 6);
  return key;
}

export const positionOfKey = (key: Uint8Array): number => {
  const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES);
  return view.getUint32(2) * WORD + view.getUint32(6);
};
