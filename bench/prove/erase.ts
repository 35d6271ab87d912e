/** `npm run prove -- erase`: nothing is left of a person who is erased, rebuilding does not bring them back, and nobody else notices. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { caughtUp, featureStoreOf, inBatches } from '../shared/filling.ts';
import { OwnerApi } from '../shared/owner-api.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { searchFolder, searchLog, signsOf, type Hit } from './erase/search.ts';

const TENANT = 'default';
const PERSON = { userId: 'erase-me-5b1f07', anonymousIds: ['erase-me-tab-91c2', 'erase-me-phone-77d0'] } as const;
const ITEMS = 300;
const OTHERS = 60;
const EVENTS_EACH = 20;
/** What is logged and reported behind answers has arrived by then. */
const BEHIND_MS = 2000;
const ANSWER_MS = 35_000;

type Who = { readonly userId: string } | { readonly anonymousId: string };

const itemOf = (n: number): string => `item-${n % ITEMS}`;

/** Looks, buys, is shown lists. */
async function live(api: OwnerApi, who: Who, seed: number): Promise<number> {
  const types = ['view', 'click', 'add_to_cart', 'purchase', 'impression'];
  const events = Array.from({ length: EVENTS_EACH }, (_, i) => ({ type: types[(seed + i) % types.length], itemId: itemOf(seed * 7 + i * 3), sessionId: `session-${seed}`, ...who }));
  await api.must('POST', '/v1/events', { events });
  for (let i = 0; i < 2; i++) await api.must('POST', '/v1/recommendations', { placement: 'home', limit: 5, ...who });
  return events.length;
}

/** Everything that can be held of a person: events under three ids, a profile, slates, dead letters of every kind. Answers how many events. */
async function livePerson(api: OwnerApi): Promise<number> {
  const { userId, anonymousIds } = PERSON;
  let sent = 0;
  for (const [i, anonymousId] of anonymousIds.entries()) {
    sent += await live(api, { anonymousId }, 100 + i);
    await api.ask('POST', '/v1/events', { events: [{ type: 'view', anonymousId, itemid: 'misspelled' }] });
  }
  await api.must('PUT', `/v1/users/${userId}`, { attributes: { city: 'Oslo', plan: 'gold' } });
  sent += await live(api, { userId }, 7);
  for (const anonymousId of anonymousIds) await api.must('POST', `/v1/users/${userId}:merge`, { anonymousId });
  sent += await live(api, { anonymousId: anonymousIds[0] }, 8);
  await api.ask('POST', '/v1/events', { events: [{ type: 'view', userId, itemId: 'item-1', eventTime: Date.now() - 40 * 3_600_000 }, { type: 'view', user: userId }, { type: 'view', userId, itemId: 7 }] });
  return sent;
}

/** Everything so far is archived, and made into a data set. Answers how many files of the archive name the person. */
async function archive(api: OwnerApi, dataDir: string): Promise<number> {
  const period = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };
  let answer = await api.ask('POST', '/v1/datasets', period);
  for (; answer.status === 202; answer = await api.ask('POST', '/v1/datasets', period)) await sleep(200);
  if (answer.status >= 300) throw new Error(`No data set was made: ${answer.status} ${JSON.stringify(answer.body)}`);
  const { body: { id } } = answer;
  let made = await api.must('POST', `/v1/datasets/${id}/exports`, {});
  for (; made.state === 'running'; made = await api.must('GET', `/v1/datasets/${id}/exports/${made.id}`)) await sleep(200);
  return (await searchFolder(join(dataDir, 'objects'), signsOf(TENANT, PERSON))).hits.length;
}

/** Every other person's record, byte for byte. */
async function othersOf(state: StackState): Promise<readonly string[]> {
  const store = featureStoreOf(state);
  try {
    await caughtUp(store);
    const { results } = await store.readUserStates({ requests: Array.from({ length: OTHERS }, (_, n) => ({ tenant: TENANT, userId: `user-${n}` })) });
    return results.map(({ record }) => Buffer.from(record).toString('hex'));
  } finally {
    store.close();
  }
}

const differing = (before: readonly string[], after: readonly string[]): number => before.filter((record, i) => record === '' || record !== after[i]).length;

/** A leftover that the search must find. */
function plant(what: string, dataDir: string): void {
  const leftovers: Readonly<Record<string, { readonly file: string; readonly bytes: Buffer }>> = {
    id: { file: 'gateway/leftover.json', bytes: Buffer.from(JSON.stringify({ list: [PERSON.userId] })) },
    hash: { file: 'embedding/leftover.bin', bytes: Buffer.from(signsOf(TENANT, PERSON)[1]!) },
  };
  const leftover = leftovers[what];
  if (leftover === undefined) throw new Error(`There is no leftover '${what}': plant ${Object.keys(leftovers).join(' or ')}.`);
  writeFileSync(join(dataDir, leftover.file), leftover.bytes);
}

async function everything(dataDir: string): Promise<{ readonly hits: readonly Hit[]; readonly looked: number; readonly hidden: number; readonly suppressions: number; readonly inFreePages: readonly string[] }> {
  const signs = signsOf(TENANT, PERSON);
  const { looked, hits, inFreePages } = await searchFolder(dataDir, signs);
  const log = await searchLog(dataDir, signs);
  const all = [...hits, ...log.hits];
  for (const { place, what } of all.slice(0, 10)) note(`✗ found in ${place}: ${what}`);
  return { hits: all, looked: looked + log.records, hidden: log.hidden, suppressions: log.suppressions, inFreePages };
}

async function prove(stack: StackProcess, leftover: string | undefined): Promise<Outcome> {
  let state = await stack.start();
  let api = new OwnerApi(state, ANSWER_MS);
  await inBatches(ITEMS, (ns) => api.ask('POST', '/v1/items:batch', { items: ns.map((n) => ({ id: itemOf(n), title: `Item ${n}`, categories: [`c${n % 7}`], price: n })) }));
  const home = await api.must('GET', '/v1/placements/home');
  await api.must('PUT', '/v1/placements/home', { ...home, logShare: 1 });
  for (let n = 0; n < OTHERS; n++) {
    if (n % 10 === 0) await api.must('PUT', `/v1/users/user-${n}`, { attributes: { city: 'Bergen' } });
    await live(api, { userId: `user-${n}` }, n);
  }
  const sent = await livePerson(api);
  await sleep(BEHIND_MS);
  const archived = await archive(api, stack.dataDir);
  const before = await othersOf(state);
  const held = await api.must('POST', `/v1/users/${PERSON.userId}:export`);
  const interactions = (held.events as { type: string; cause?: unknown }[]).filter(({ type, cause }) => !type.startsWith('$') && cause === undefined).length;
  note(`${sent} events of the person; exported: ${held.events.length} records of the log, ${held.deadLetters.length} dead letters`);

  const started = performance.now();
  const certificate = await api.must('POST', `/v1/users/${PERSON.userId}:erase`);
  const eraseMs = performance.now() - started;
  note(`certificate: ${JSON.stringify({ ...certificate.erased, hidden: certificate.hidden.logRecords })}`);
  const othersChanged = differing(before, await othersOf(state));
  const again = await api.must('POST', `/v1/users/${PERSON.userId}:export`);
  await stack.stop();
  if (leftover !== undefined) plant(leftover, stack.dataDir);
  const found = await everything(stack.dataDir);

  rmSync(join(stack.dataDir, 'state'), { recursive: true });
  state = await stack.start();
  api = new OwnerApi(state, ANSWER_MS);
  const rebuiltOthersChanged = differing(before, await othersOf(state));
  await stack.stop();
  const rebuilt = await everything(stack.dataDir);

  const none = { equals: 0 };
  return {
    figures: {
      sent, notExported: sent - interactions, exportedDeadLetters: held.deadLetters.length, archiveFilesBefore: archived, archivedRecords: certificate.erased.archivedRecords, states: certificate.erased.states, deadLetters: certificate.erased.deadLetters,
      looked: found.looked, leftovers: found.hits.length, suppressions: found.suppressions, hiddenRecords: found.hidden, notInCertificate: found.hidden - certificate.hidden.logRecords,
      exportedAfter: again.events.length + again.deadLetters.length, othersChanged, rebuiltLeftovers: rebuilt.hits.length, rebuiltOthersChanged, filesWithFreePages: found.inFreePages.length,
      filesWithFreePagesRebuilt: rebuilt.inFreePages.length, eraseMs,
    },
    targets: {
      notExported: none, exportedDeadLetters: { atLeast: 4 }, archiveFilesBefore: { atLeast: 2 }, archivedRecords: { atLeast: 80 }, states: { atLeast: 3 }, deadLetters: { atLeast: 4 }, leftovers: none, suppressions: { atLeast: 3 }, notInCertificate: none, exportedAfter: none,
      othersChanged: none, rebuiltLeftovers: none, rebuiltOthersChanged: none,
    },
  };
}

await show({
  name: 'prove erase',
  help: 'A person looks around under two anonymous ids, signs in, sends a profile, events and mistakes, and is shown lists; then is erased. Every key and value\nof every database, every other file and every record of the log is searched for their ids and the hashes of these: row of the archive and the data\nsets included: outside of the suppression and the records that it hides nothing may be found, neither then nor after state was made again from the log, and nobody else\'s state may change by a byte.',
  options: { break: { type: 'string', help: 'plant a leftover that this must find: id or hash' } },
  run: async ({ flags }) => {
    const stack = new StackProcess({ args: ['--no-demo', '--traffic', '0'] });
    try {
      return await prove(stack, typeof flags['break'] === 'string' ? flags['break'] : undefined);
    } finally {
      await stack.dispose();
    }
  },
});
