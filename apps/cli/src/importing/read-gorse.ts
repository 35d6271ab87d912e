import { DomainError } from '@serendip/shared-errors';
import type { Rows, SourceRecord } from './rows.js';

const PAGE = 500;
const TIMEOUT_MS = 30_000;
const LISTS = [['users', 'Users'], ['items', 'Items'], ['feedback', 'Feedback']] as const;

/** Users, items and feedback of a running Gorse, page by page along the cursors of its REST API. UNAVAILABLE/SOURCE_FAILED when it does not answer. */
export async function* readGorse(url: string, key: string): Rows {
  for (const [path, field] of LISTS) {
    let line = 0;
    for (let cursor = ''; ;) {
      const page = await pageOf(new URL(`/api/${path}?n=${PAGE}&cursor=${encodeURIComponent(cursor)}`, url), key);
      for (const record of (page[field] ?? []) as readonly SourceRecord[]) yield { file: `/api/${path}`, line: ++line, record };
      cursor = String(page['Cursor'] ?? '');
      if (cursor === '') break;
    }
  }
}

async function pageOf(url: URL, key: string): Promise<SourceRecord> {
  const answer = await fetch(url, { headers: { 'X-API-Key': key }, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => error);
  if (!(answer instanceof Error) && answer.ok) return await answer.json() as SourceRecord;
  const why = answer instanceof Error ? (answer.cause instanceof Error ? answer.cause.message : answer.message) : `it answered ${answer.status}`;
  throw new DomainError('UNAVAILABLE', 'SOURCE_FAILED', `Gorse at ${url.origin} could not be read (${url.pathname}: ${why}): look whether it runs and --from-key is its API key.`);
}
