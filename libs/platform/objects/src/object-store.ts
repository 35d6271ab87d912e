/**
 * Files by key, written and read whole. A key is parts of letters, digits and @_.=+- separated by '/'. Every method throws
 * INVALID_ARGUMENT/OBJECT_KEY_INVALID for any other, and UNAVAILABLE/OBJECT_STORE_UNAVAILABLE when the engine fails.
 */
export abstract class ObjectStore {
  /** Writes an object so that it is there wholly or not at all, and durable once this resolves. */
  abstract put(key: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, undefined when there is no such object. */
  abstract get(key: string): Promise<Uint8Array | undefined>;
  /** Keys that begin with `prefix`, sorted by code unit; an empty prefix means all. */
  abstract list(prefix: string): Promise<readonly string[]>;
  /** Nothing happens when there is no such object. */
  abstract delete(key: string): Promise<void>;
}
