/** Shoppers of the demo shop who come to a running stack, for shows that train on what they do. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OwnerApi } from './owner-api.ts';
import { root, type StackState } from './stack-process.ts';

/** Long lists, so that a ranker learns of what retrieval finds worse, too. */
const LIST_LENGTH = 60;
/** A gateway that is asked for more than it can answer leaves out the ranker, and then there is nothing to learn. */
const VISITS_AT_ONCE = 3;
const ARRIVALS_A_SECOND = 1000;
const ASK_MS = 10_000;
/** What no model would show stands in some slots, too: without it nothing is learned of most items. */
const EXPLORATION = { share: 0.25, slots: [1, LIST_LENGTH], among: { shownFewerThan: 1_000_000 }, pool: 200, weights: 'uniform' };

export interface Shopping {
  readonly recommendations: number;
  readonly events: number;
}

/** Where the demo shop's state is. */
interface Seeded {
  readonly dataDir: string;
}

/** The command that lets shoppers come, a few at a time and as fast as the gateways answer. */
export function shoppersCommand({ gateways, keys }: StackState, { dataDir }: Seeded, visits: number): readonly string[] {
  return [
    process.execPath, '--no-warnings', join(root, 'apps/simulator/dist/main.js'), 'run',
    '--gateway', gateways.join(','), '--key', keys.publishable, '--state', join(dataDir, 'shop-state.json'),
    '--visits', String(visits), '--rate', String(ARRIVALS_A_SECOND), '--at-once', String(VISITS_AT_ONCE), '--pace', '0',
    '--limit', String(LIST_LENGTH), '--judged', '0', '--json',
  ];
}

interface Version {
  readonly name: string;
  readonly version: number;
  readonly aliases: readonly string[];
}

/** They are shown lists and do what their taste makes them do. */
export async function shoppersCome(state: StackState, stack: Seeded, visits: number): Promise<Shopping> {
  return JSON.parse((await linesOf(shoppersCommand(state, stack, visits))).at(-1)!) as Shopping;
}

interface LinesOptions {
  /** Besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

/** What a program prints; rejects when it fails. */
export async function linesOf([program, ...args]: readonly string[], { env = {}, onLine }: LinesOptions = {}): Promise<readonly string[]> {
  const child = spawn(program!, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine?.(line);
  });
  const code = await new Promise<number | null>((resolve) => { child.once('close', resolve); });
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with status ${code}.`);
  return lines;
}

/** What the scripts of examples/python are told. */
export const scriptEnvironment = ({ gateways, keys }: StackState): Readonly<Record<string, string>> => ({
  SERENDIP: `${process.execPath} --no-warnings ${join(root, 'apps/cli/dist/main.js')}`,
  SERENDIP_GATEWAY: gateways[0]!, SERENDIP_GATEWAYS: gateways.join(' '), SERENDIP_KEY: keys.secret,
});

/** The models that were trained at the start are in charge, be they better than what there was or not; every slate of home is logged with its features, and explores, so that there is something to learn from soon. */
export async function beginToCollect(state: StackState): Promise<void> {
  const api = new OwnerApi(state, ASK_MS);
  const { models } = await api.must('GET', '/v1/models') as { models: readonly Version[] };
  for (const name of ['retriever', 'ranker']) {
    const versions = models.filter((model) => model.name === name);
    if (versions.some(({ aliases }) => aliases.includes('champion'))) continue;
    await api.must('PUT', `/v1/models/${name}/aliases/champion`, { version: versions[0]!.version, reason: 'there must be something to come back to' });
  }
  const home = await api.must('GET', '/v1/placements/home') as Record<string, unknown>;
  await api.must('PUT', '/v1/placements/home', { ...home, logShare: 1, exploration: EXPLORATION });
}
