/** `npm run bench -- import --data <dir>`: a MovieLens folder over HTTP, until every partition has applied its log. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caughtUp, featureStoreOf, type FeatureStore } from '../shared/filling.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, root, type StackState } from '../shared/stack-process.ts';
import { syntheticMovieLens } from '../shared/synthetic-movielens.ts';

/** A digest of what 300 users and every item's statistics are now. */
async function digest(store: FeatureStore, users: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const { results } = await store.readUserStates({ requests: users.map((userId) => ({ tenant: 'default', userId })) }, { timeoutMs: 20_000 });
  for (const { record } of results) hash.update(record);
  const rows = new Map<number, Uint8Array>();
  for await (const batch of store.watchItemStatistics({ tenant: 'default' }, {})) {
    const ordinals = new Int32Array(batch.ordinals.slice().buffer);
    const width = ordinals.length === 0 ? 0 : batch.statistics.length / ordinals.length;
    ordinals.forEach((ordinal, i) => rows.set(ordinal, batch.statistics.slice(i * width, (i + 1) * width)));
    if (batch.caughtUp) break;
  }
  for (const [ordinal, row] of [...rows].sort((a, b) => a[0] - b[0])) hash.update(String(ordinal)).update(row);
  return hash.digest('hex');
}

function cli(state: StackState, dir: string, more: readonly string[]): Promise<{ events: number; sent: number; rejected: number; seconds: number; import: string }> {
  const args = [join(root, 'apps/cli/dist/main.js'), 'import', 'movielens', dir, '--gateway', state.gateways[0]!, '--key', state.keys.secret, '--json', ...more];
  const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  return new Promise((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`serendip import ended with status ${code}`)))));
}

async function measure(dir: string, scratch: string): Promise<Outcome> {
  const stack = new StackProcess({ args: ['--no-demo'] });
  const state = await stack.start();
  const store = featureStoreOf(state);
  const more = ['--shift-times', '--rejects', join(scratch, 'rejects.jsonl'), '--state-dir', join(scratch, 'state')];
  try {
    note('the stack runs; importing');
    const began = performance.now();
    const report = await cli(state, dir, more);
    const sentSeconds = (performance.now() - began) / 1000;
    await caughtUp(store);
    const seconds = (performance.now() - began) / 1000;
    note(`sent in ${sentSeconds.toFixed(1)} s, applied in ${seconds.toFixed(1)} s (reading the files is part of both)`);
    const users = Array.from({ length: 300 }, (_, i) => String(i * 20 + 1));
    const before = await digest(store, users);
    note('importing the same again');
    const again = await cli(state, dir, more);
    const resent = await cli(state, dir, [...more, '--resend']);
    await caughtUp(store);
    const after = await digest(store, users);
    return {
      figures: {
        events: report.events, rejected: report.rejected, eventsPerSecond: Math.round(report.events / seconds),
        changedByRepeat: Number(before !== after) + again.sent, resent: resent.sent,
      },
      targets: { rejected: { equals: 0 }, eventsPerSecond: { atLeast: 20_000 }, changedByRepeat: { equals: 0 } },
    };
  } finally {
    store.close();
    await stack.dispose();
  }
}

await show({
  name: 'bench import',
  help: 'Imports a MovieLens folder over HTTP into an empty stack, timed from the first request until every partition\'s cursor is at its\nlog\'s end; then imports it again, once resumed and once with every batch sent again, and compares states.\nWithout --data it makes 100,000 ratings up.',
  run: async ({ data }) => {
    const scratch = mkdtempSync(join(tmpdir(), 'serendip-import-'));
    try {
      if (data === undefined) note('no --data: 100,000 made-up ratings stand in for real ones');
      return await measure(data ?? syntheticMovieLens(scratch, { users: 1000, films: 1500, ratings: 100_000 }), scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
});
