/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a file of this machine holds; it is never in memory as a whole. */
export interface FileContent {
  readonly path: string;
}

/**
 * Files by key, written whole. A key is parts of letters, digits and @_.=+- separated by '/'. Every method throws
 * INVALID_ARGUMENT/OBJECT_KEY_INVALID for any other, and UNAVAILABLE/OBJECT_STORE_UNAVAILABLE when the engine fails.
 */
export abstract class ObjectStore {
  /** Writes an object so that it is there wholly or not at all, and durable once this resolves. */
  abstract put(key: string, content: Uint8Array | FileContent): Promise<void>;
  /** The bytes, or those of a range as far as the object reaches; undefined when there is no such object. */
  abstract get(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  /** Keys that begin with `prefix`, sorted by code unit; an empty prefix means all. */
  abstract list(prefix: string): Promise<readonly string[]>;
  /** Nothing happens when there is no such object. */
  abstract delete(key: string): Promise<void>;
}
