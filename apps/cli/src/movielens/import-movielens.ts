import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GatewayClient } from '@serendip/platform-gateway-client';
import { DomainError } from '@serendip/shared-errors';
import { RejectsFile } from '../importing/rejects-file.js';
import { BATCH, openImport, putEntities, sendBatches, type ImportState } from '../importing/send-batches.js';
import { readMovieLens, type MovieLens } from './movielens.js';

export interface ImportOptions {
  readonly dir: string;
  /** The same name is the same import: it goes on where it stopped. */
  readonly name: string | undefined;
  /** Move every time so that the newest event is now. */
  readonly shiftTimes: boolean;
  /** File of what was not accepted, one JSON object a line. */
  readonly rejects: string;
  /** Folder that remembers by how much an import's times were shifted. */
  readonly stateDir: string;
  /** Send every batch, even those known to be applied: to see that nothing changes. */
  readonly resend: boolean;
  readonly onProgress: (stage: string, done: number, total: number) => void;
  readonly nowMs: number;
}

export interface ImportReport {
  readonly import: string;
  readonly films: number;
  readonly viewers: number;
  readonly events: number;
  /** Sent in this run; less than `events` when it went on where it had stopped. */
  readonly sent: number;
  readonly rejected: number;
  readonly shiftMs: number;
}

/** Imports a MovieLens folder through the public API: films, viewers, then ratings in event-time order. */
export async function importMovieLens(client: GatewayClient, options: ImportOptions): Promise<ImportReport> {
  const { onProgress } = options;
  onProgress('reading files', 0, 1);
  const data = readMovieLens(options.dir);
  onProgress('reading files', 1, 1);
  const name = options.name ?? `movielens-${basename(resolve(options.dir))}`;
  const state = await openImport(client, name);
  const shiftMs = options.shiftTimes ? shiftOf(data, { state, options }) : 0;
  const rejects = new RejectsFile(options.rejects, { goesOn: state.lastBatch > 0 });
  try {
    for (const { file, line, text } of data.bad) rejects.add({ reason: 'LINE_INVALID', file, line, text });
    if (state.lastBatch === 0 || options.resend) await sendEntities(client, data, { rejects, onProgress });
    const sent = await sendRatings(client, data, { state, shiftMs, rejects, options });
    const end = (await client.send('GET', `/v1/imports/${state.id}`)) as ImportState;
    return {
      import: state.id, films: data.films.length, viewers: data.viewers.length, events: data.ratings.userIds.length, sent,
      rejected: end.rejected + data.bad.length, shiftMs,
    };
  } finally {
    rejects.close();
  }
}

/** By how much times are moved: decided once for an import, so that going on later does not move them again. */
function shiftOf({ ratings: { timesMs } }: MovieLens, { state, options }: { readonly state: ImportState; readonly options: ImportOptions }): number {
  const file = join(options.stateDir, `${state.id}.json`);
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { shiftMs: number }).shiftMs;
  if (state.lastBatch > 0) {
    throw new DomainError('FAILED_PRECONDITION', 'SHIFT_UNKNOWN', `This import began elsewhere and ${file}, which says by how much its times were shifted, is not here: copy it, or use another --name.`);
  }
  const shiftMs = timesMs.length === 0 ? 0 : Math.floor(options.nowMs - timesMs[timesMs.length - 1]!);
  mkdirSync(options.stateDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ shiftMs })}\n`);
  return shiftMs;
}

interface Sending {
  readonly rejects: RejectsFile;
  readonly onProgress: ImportOptions['onProgress'];
}

async function sendEntities(client: GatewayClient, { films, viewers }: MovieLens, { rejects, onProgress }: Sending): Promise<void> {
  for (const [what, field, entities] of [['films', 'items', films], ['viewers', 'users', viewers]] as const) {
    await putEntities(client, field, entities, {
      refused: (refused, from) => { for (const { index, ...why } of refused) rejects.add({ ...why, [what]: entities[from + index] }); },
      progress: (done) => onProgress(what, done, entities.length),
    });
  }
}

function sendRatings(
  client: GatewayClient, { ratings }: MovieLens, { state, shiftMs, rejects, options }:
  { readonly state: ImportState; readonly shiftMs: number; readonly rejects: RejectsFile; readonly options: ImportOptions },
): Promise<number> {
  const total = ratings.userIds.length;
  const bodyOf = (n: number): string => {
    const from = (n - 1) * BATCH;
    const to = Math.min(total, from + BATCH);
    let body = '{"events":[';
    for (let i = from; i < to; i++) {
      body += `${i === from ? '' : ','}{"type":"rating","userId":"${ratings.userIds[i]}","itemId":"${ratings.itemIds[i]}","value":${ratings.values[i]},"eventTime":${ratings.timesMs[i]! + shiftMs}}`;
    }
    return `${body}]}`;
  };
  return sendBatches(client, {
    state, total, bodyOf, resend: options.resend,
    onRefused: (n, refused) => { for (const { index, ...why } of refused) rejects.add({ ...why, batch: n, index }); },
    onProgress: (done) => options.onProgress('ratings', done, total),
  });
}
