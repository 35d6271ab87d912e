import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { parse, type CsvError, type Info } from 'csv-parse';
import type { BadRow, Rows, SourceRecord, SourceRow } from './rows.js';

interface Parsed {
  readonly record: SourceRecord;
  readonly info: Info;
}

/** Rows of a CSV file (RFC 4180, UTF-8) whose first line names the columns. Rows with too few or too many values are bad. */
export async function* readCsv(path: string): Rows {
  const file = basename(path);
  const bad: BadRow[] = [];
  const onSkip = (error: CsvError | undefined): undefined => void bad.push({ file, line: Number(error?.['lines'] ?? 0), reason: 'LINE_INVALID', detail: error?.message ?? 'The line is no CSV.' });
  const parser = pipeline(createReadStream(path), parse({ columns: true, bom: true, info: true, skip_empty_lines: true, skip_records_with_error: true, on_skip: onSkip }), () => undefined);
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    yield* bad.splice(0);
    yield { file, line: info.lines, record } satisfies SourceRow;
  }
  yield* bad;
}
