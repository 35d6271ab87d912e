/** Where in the object store the archive is. People read `events/` with tools of their own: its layout is a contract (docs/guides/datasets.md). */
const ROOT = 'archive';

export const COMMITS = `${ROOT}/commits/`;
export const EVENTS = `${ROOT}/events/`;
/** The commit that is being written, so that what a crash left of it can be removed. */
export const PENDING = `${ROOT}/pending.json`;
/** The commit that is being written anew, likewise. */
export const REWRITING = `${ROOT}/rewriting.json`;

const DIGITS = 12;
const HASH_CHARACTERS = 16;
const numbered = (commit: number): string => String(commit).padStart(DIGITS, '0');
const named = (commit: number, sha256: string): string => `${numbered(commit)}-${sha256.slice(0, HASH_CHARACTERS)}.parquet`;

export const commitKey = (commit: number): string => `${COMMITS}${numbered(commit)}.json`;
export const commitOfKey = (key: string): number => Number(key.slice(COMMITS.length, COMMITS.length + DIGITS));
export const recordsKey = (commit: number, sha256: string): string => `${ROOT}/records/${named(commit, sha256)}`;
export const eventsKey = (place: { readonly tenant: string; readonly day: string }, commit: number, sha256: string): string => `${EVENTS}tenant=${place.tenant}/day=${place.day}/${named(commit, sha256)}`;
