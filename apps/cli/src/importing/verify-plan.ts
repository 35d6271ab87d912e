import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { GatewayClient } from '@serendip/platform-gateway-client';
import { isDomainError } from '@serendip/shared-errors';
import type { Plan, Planned } from './plan.js';
import type { ImportState } from './send-batches.js';

const SAMPLES = 20;
const AGAIN_MS = 500;
/** How many events of a user are asked for at most. */
const NEWEST = 200;

export interface Verdict {
  /** Comparisons that were made: counts, items, users, people's newest events. */
  readonly compared: number;
  /** What differs, each as a sentence. */
  readonly differences: readonly string[];
}

type Entity = Planned['entity'];

export interface VerifyOptions {
  readonly importId: string;
  /** `file:line` of rows that the gateway refused. */
  readonly refused: ReadonlySet<string>;
  /** How long what was sent may take to be applied, milliseconds; default 30 s. */
  readonly patienceMs?: number;
}

/** Compares what a plan should have written with what the API answers: counts of the import, and samples of items, users and events. */
export async function verifyPlan(client: GatewayClient, plan: Plan, { importId, refused, patienceMs = 30_000 }: VerifyOptions): Promise<Verdict> {
  const counts = async (): Promise<string | undefined> => {
    const { accepted, rejected } = await client.send('GET', `/v1/imports/${importId}`) as ImportState;
    return accepted + rejected === plan.events.length ? undefined : `The import counts ${accepted + rejected} events, and there are ${plan.events.length}.`;
  };
  const there = ({ file, line }: Planned): boolean => !refused.has(`${file}:${line}`);
  const checks = [
    counts,
    ...sample(plan.items.filter(there)).map(({ entity }) => () => sameEntity(client, 'items', entity)),
    ...sample(plan.users.filter(there)).map(({ entity }) => () => sameEntity(client, 'users', entity)),
    ...sample([...newestOf(plan.events.filter(there))]).map(([userId, events]) => () => sameEvents(client, userId, events)),
  ];
  const giveUp = performance.now() + patienceMs;
  const differences: string[] = [];
  for (const check of checks) {
    let difference = await check();
    while (difference !== undefined && performance.now() < giveUp) {
      await wait(AGAIN_MS);
      difference = await check();
    }
    if (difference !== undefined) differences.push(difference);
  }
  return { compared: checks.length, differences };
}

/** The first, the last, and some evenly between. */
function sample<T>(all: readonly T[]): readonly T[] {
  if (all.length <= SAMPLES) return all;
  return Array.from({ length: SAMPLES }, (_, i) => all[Math.round((i * (all.length - 1)) / (SAMPLES - 1))]!);
}

function newestOf(events: readonly Planned[]): ReadonlyMap<string, readonly Entity[]> {
  const byUser = new Map<string, Entity[]>();
  for (const { entity } of events) {
    if (typeof entity['userId'] !== 'string') continue;
    const own = byUser.get(entity['userId']) ?? [];
    byUser.set(entity['userId'], own);
    own.push(entity);
  }
  return byUser;
}

async function sameEntity(client: GatewayClient, kind: 'items' | 'users', entity: Entity): Promise<string | undefined> {
  const id = String(entity['id']);
  const answer = await read(client, `/v1/${kind}/${encodeURIComponent(id)}`);
  if (answer === undefined) return `/v1/${kind}/${id} is not there.`;
  const other = Object.keys(entity).find((field) => !same(entity[field], answer[field]));
  return other === undefined ? undefined : `/v1/${kind}/${id} has ${other} ${JSON.stringify(answer[other])}, not ${JSON.stringify(entity[other])}.`;
}

/** A time is answered as text. */
function same(sent: unknown, answered: unknown): boolean {
  if (typeof sent === 'number' && typeof answered === 'string') return Date.parse(answered) === sent;
  return isDeepStrictEqual(sent, answered);
}

async function sameEvents(client: GatewayClient, userId: string, events: readonly Entity[]): Promise<string | undefined> {
  const answer = await read(client, `/v1/users/${encodeURIComponent(userId)}/events?limit=${NEWEST}`);
  const keyOf = ({ type, itemId, eventTime }: Entity): string => JSON.stringify([type, itemId, new Date(eventTime as string | number).getTime()]);
  const held = new Set(((answer?.['events'] ?? []) as readonly Entity[]).map(keyOf));
  const missing = events.slice(-NEWEST).find((event) => !held.has(keyOf(event)));
  return missing === undefined || held.size >= NEWEST ? undefined : `User ${userId} lacks ${String(missing['type'])} of ${String(missing['itemId'])} at ${new Date(Number(missing['eventTime'])).toISOString()}.`;
}

async function read(client: GatewayClient, path: string): Promise<Entity | undefined> {
  return await client.send('GET', path).catch((error: unknown) => {
    if (isDomainError(error) && ['ITEM_UNKNOWN', 'USER_UNKNOWN'].includes(error.reason)) return undefined;
    throw error;
  }) as Entity | undefined;
}
