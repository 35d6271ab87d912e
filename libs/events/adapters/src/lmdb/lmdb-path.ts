/** The path of `lmdb:PATH`; undefined for another URL. */
export const lmdbPathOf = (url: string): string | undefined => /^lmdb:(?<path>.+)$/.exec(url)?.groups?.['path'];
