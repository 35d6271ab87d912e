/** `npm run bench -- shards`: what an event and a read cost as more feature stores share the partitions, and as there are more users. */
import { openEventLog } from '@serendip/events-adapters';
import type { EventLog } from '@serendip/events-domain';
import { caughtUp } from '../shared/filling.ts';
import { addUsers } from '../shared/made-users.ts';
import { note, rounded, show, type Outcome } from '../shared/show.ts';
import { Cell, KINDS, type Kind } from './shards/cell.ts';
import { keyOf, recordOf } from './shards/records.ts';
import { Replicas } from './shards/replicas.ts';

const OWNERS = [1, 2, 4, 8];
const USERS = [10_000, 1_000_000];
const MADE = 10_000_000;
const ROUNDS = 16;
const SECONDS = 4;
const FILL_AT_ONCE = 5_000;
const MOST = 1.2;

interface Plan {
  readonly owners: readonly number[];
  /** Ascending. */
  readonly users: readonly number[];
  /** So many users more, without events; none when there are no more than that. */
  readonly made: number;
  readonly rounds: number;
}

async function fill(replicas: Replicas, log: EventLog, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
  const store = await replicas.run(2);
  for (let first = from; first < to; first += FILL_AT_ONCE) {
    await log.append(Array.from({ length: Math.min(FILL_AT_ONCE, to - first) }, (_, i) => recordOf(first + i)));
    if ((first - from) % 100_000 === 0) await caughtUp(store);
  }
  await caughtUp(store);
  await replicas.stop();
  note(`${to.toLocaleString('en')} users are there`);
}

/** Every count of users with the fewest owners, then every other count of owners with the most users: each over stores of its own, which are copies of each other's. */
async function makeCells({ owners: [fewest, ...more], users, made }: Plan, cells: Cell[]): Promise<void> {
  const base = await Replicas.open();
  try {
    const log = await openEventLog(base.logUrl, { mode: 'writer' });
    let filled = 0;
    for (const count of users) {
      await fill(base, log, { from: filled, to: count });
      filled = count;
      cells.push(new Cell(fewest!, count, await base.copy()));
    }
    await log.close();
    for (const count of more) cells.push(new Cell(count, filled, await base.copy()));
    if (made > filled) {
      const replicas = await base.copy();
      cells.push(new Cell(fewest!, made, replicas));
      await addUsers(replicas.stateUrl, { keyOf, from: filled, to: made });
      note(`${made.toLocaleString('en')} users are there, most of them written at once`);
    }
  } finally {
    await base.close();
  }
}

/** The costs of a cell, and how each compares with the first cell's. */
function figuresOf(cell: Cell, first: Cell) {
  const of = (kind: Kind) => {
    const { us, wholeUs } = cell.cost(kind);
    return { us: rounded(us, 0), wholeUs: rounded(wholeUs, 0), growth: rounded(us / first.cost(kind).us, 2) };
  };
  return { ...Object.fromEntries(KINDS.map((kind) => [kind, of(kind)] as const)) as Record<Kind, ReturnType<typeof of>>, idlePercent: rounded(cell.idle * 100, 1) };
}

async function measure(plan: Plan): Promise<Outcome> {
  const cells: Cell[] = [];
  try {
    await makeCells(plan, cells);
    for (const cell of cells) {
      await cell.start();
      note(`${cell.name} is warm`);
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const kind of ['nothing', ...KINDS] as const) await Promise.all(cells.map((cell) => cell.measure(kind, SECONDS)));
      note(`after ${round + 1} rounds: ${cells.map((cell) => `${cell.name} ${KINDS.map((kind) => `${kind} ${cell.cost(kind).us.toFixed(0)}`).join(', ')}`).join('; ')}`);
    }
    const figures = cells.map((cell) => [cell.name, figuresOf(cell, cells[0]!)] as const);
    const most = (kind: Kind): number => Math.max(...figures.map(([, figure]) => figure[kind].growth));
    return {
      figures: { ...Object.fromEntries(figures), eventGrowth: most('event'), readGrowth: most('read'), readAnewGrowth: most('readAnew'), failed: cells.reduce((sum, { failed }) => sum + failed, 0) },
      targets: { eventGrowth: { atMost: MOST }, readGrowth: { atMost: MOST }, readAnewGrowth: { atMost: MOST }, failed: { equals: 0 } },
    };
  } finally {
    for (const cell of cells) await cell.close();
  }
}

const listOf = (flag: string | boolean | undefined, standard: readonly number[]): readonly number[] => (typeof flag === 'string' ? flag.split(',').map(Number) : standard);

await show({
  name: 'bench shards',
  help: `CPU of an event and of a read over all servers (feature stores, the log's Redis and the state's), as ${OWNERS.join(', ')} feature stores share the partitions and as there are
${USERS.map((users) => users.toLocaleString('en')).join(', ')} and ${MADE.toLocaleString('en')} users; of those, all beyond the others are written into the store at once, with a copy of a real user's record each. Not time: they share the cores of one machine.
All of them run side by side and do the same at the same time, ${ROUNDS} times, so that what slows the machine slows all of them: a figure is of all rounds
together, and a growth what it is beside the first cell's (one feature store, fewest users).
us is without what the servers take when nothing happens (idlePercent of a core), wholeUs with it. Reads are the gateway's, from the owner: of one of 2,000 users who come again and
again, and anew, of one who was not read before; readThroughAny is one that any replica passes on.`,
  options: {
    owners: { type: 'string', help: `how many feature stores; ${OWNERS.join(',')}` }, users: { type: 'string', help: `how many users, ascending; ${USERS.join(',')}` },
    made: { type: 'string', help: `how many with those that are written at once; ${MADE}` }, rounds: { type: 'string', help: `how often each is measured; ${ROUNDS}` },
  },
  run: ({ flags }) => measure({ owners: listOf(flags['owners'], OWNERS), users: listOf(flags['users'], USERS), made: Number(flags['made'] ?? MADE), rounds: Number(flags['rounds'] ?? ROUNDS) }),
});
