import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayClient } from '@serendip/platform-gateway-client';
import { DomainError } from '@serendip/shared-errors';
import type { Plan, Planned } from './plan.js';
import type { BadRow } from './rows.js';
import { BATCH, openImport, putEntities, sendBatches, type ImportState, type Refused } from './send-batches.js';

export interface BeginOptions {
  /** The same name is the same import: it goes on where it stopped. */
  readonly name: string;
  /** Folder that remembers what each import is made of. */
  readonly stateDir: string;
}

export interface RunOptions {
  /** How far the import has come, as it was begun. */
  readonly state: ImportState;
  readonly resend: boolean;
  /** Told of what the gateway refused. */
  readonly onRefused: (row: BadRow) => void;
  readonly onProgress: (stage: string, done: number, total: number) => void;
}

export interface RunReport {
  readonly import: string;
  /** Events that were sent in this run; fewer than there are when it went on where it had stopped. */
  readonly sent: number;
  /** Rows that the gateway refused in this run. */
  readonly refused: number;
}

/** Opens the import that a plan is written as, or finds it again. FAILED_PRECONDITION/IMPORT_CHANGED when one of that name has begun with other events. */
export async function beginImport(client: GatewayClient, plan: Plan, { name, stateDir }: BeginOptions): Promise<ImportState> {
  const state = await openImport(client, name);
  sameAsBefore(plan, state, stateDir);
  return state;
}

/** Writes a plan through the public API: items, users, then events from where the import has come to. */
export async function runPlan(client: GatewayClient, plan: Plan, { state, resend, onRefused, onProgress }: RunOptions): Promise<RunReport> {
  let refused = 0;
  const refuse = (rows: readonly Planned[], from: number, why: readonly Refused[]): void => {
    refused += why.length;
    for (const { index, reason, detail } of why) onRefused({ file: rows[from + index]!.file, line: rows[from + index]!.line, reason, detail });
  };
  for (const kind of ['items', 'users'] as const) {
    const rows = plan[kind];
    await putEntities(client, kind, rows.map(({ entity }) => entity), { refused: (why, from) => refuse(rows, from, why), progress: (done) => onProgress(kind, done, rows.length) });
  }
  const sent = await sendBatches(client, {
    state, resend, total: plan.events.length,
    bodyOf: (n) => JSON.stringify({ events: plan.events.slice((n - 1) * BATCH, n * BATCH).map(({ entity }) => entity) }),
    onRefused: (n, why) => refuse(plan.events, (n - 1) * BATCH, why),
    onProgress: (done) => onProgress('events', done, plan.events.length),
  });
  return { import: state.id, sent, refused };
}

/** Batch n must be the same events each time it is sent, or what was applied would be taken for something else. */
function sameAsBefore({ digest }: Plan, { id, lastBatch }: ImportState, stateDir: string): void {
  const file = join(stateDir, `${id}.json`);
  if (lastBatch > 0) {
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { digest?: string }).digest : undefined;
    if (before === digest) return;
    const why = before === undefined ? `it began elsewhere, and ${file}, which says with what, is not here: copy it` : 'its files or mapping have changed since: take those it began with';
    throw new DomainError('FAILED_PRECONDITION', 'IMPORT_CHANGED', `An import of this name has come to batch ${lastBatch}, and ${why}, or use another --name.`);
  }
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ digest })}\n`);
}
