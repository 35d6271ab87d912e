import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Rows, SourceRecord } from './rows.js';

/** Rows of a file with a JSON object on each line (UTF-8). Empty lines are passed over; what is no object is bad. */
export async function* readJsonLines(path: string): Rows {
  const file = basename(path);
  const input = createReadStream(path);
  const lines = createInterface({ input, crlfDelay: Infinity });
  // An interface does not pass on what its input fails with.
  let failure: Error | undefined;
  input.once('error', (error) => {
    failure = error;
    lines.close();
  });
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const record = objectIn(text);
    yield record === undefined ? { file, line, reason: 'LINE_INVALID', detail: 'The line is no JSON object.' } : { file, line, record };
  }
  if (failure !== undefined) throw failure;
}

function objectIn(text: string): SourceRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as SourceRecord : undefined;
  } catch {
    return undefined;
  }
}
