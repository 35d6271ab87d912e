/** Values of a source by their names there. */
export type SourceRecord = Readonly<Record<string, unknown>>;

/** Where a record stands: a file, or the address it was read from, and its line, or its number there, from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

export interface SourceRow extends Origin {
  readonly record: SourceRecord;
}

/** What can not be imported, and why. */
export interface BadRow extends Origin {
  readonly reason: string;
  readonly detail: string;
}

export const isBad = (row: SourceRow | BadRow): row is BadRow => 'reason' in row;

/** Rows of a source, in its order, with what could not be read among them. */
export type Rows = AsyncIterable<SourceRow | BadRow>;
