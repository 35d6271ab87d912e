import type { UserKey } from './state-reader.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Under which the partition of a user keeps which visitors have become that user; nobody's state has such a key. */
export const visitorsKey = (tenant: string, userId: string): UserKey => ({ tenant, entity: `v:${userId}` });

/** Anonymous ids in the order in which they came, as JSON. */
export const encodeVisitors = (anonymousIds: readonly string[]): Uint8Array => encoder.encode(JSON.stringify(anonymousIds));

/** The anonymous ids of a record; none for no record. */
export const visitorsOf = (record: Uint8Array | undefined): readonly string[] => (record === undefined ? [] : JSON.parse(decoder.decode(record)) as string[]);
