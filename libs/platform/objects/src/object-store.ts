/** Files by key: small ones, written once and read whole. */
export abstract class ObjectStore {
  /** Writes an object so that it is there wholly or not at all, and durable once this resolves. */
  abstract put(key: string, bytes: Uint8Array): Promise<void>;
  abstract get(key: string): Promise<Uint8Array | undefined>;
  /** Keys that begin with `prefix`, sorted. */
  abstract list(prefix: string): Promise<readonly string[]>;
  /** Nothing happens when there is no such object. */
  abstract delete(key: string): Promise<void>;
}
