/**
 * Asks a list fresh, then as anybody would, then fresh again, and judges what came between by what came around it:
 * - it is of no older version of anything than the list before it;
 * - where both fresh lists were made from the same and are the same, it is that list.
 */
import type { Api, List, MadeFrom } from './api.ts';

export interface Tally {
  requests: number;
  hits: number;
  /** Lists that had two equal fresh ones around them. */
  compared: number;
  comparedHits: number;
  stale: number;
  /** Shown before its publication or after its expiry, or while not available. */
  ineligible: number;
  /** Ids and tokens of answers that had been given before. */
  repeatedIds: number;
  readonly examples: string[];
}

export const newTally = (): Tally => ({ requests: 0, hits: 0, compared: 0, comparedHits: 0, stale: 0, ineligible: 0, repeatedIds: 0, examples: [] });

const numbersOf = (version: string): { readonly name: string; readonly numbers: readonly number[] } => {
  const [name, ...numbers] = version.split('.');
  return { name: name ?? '', numbers: numbers.map(Number) };
};

/** Whether one version of a service is before another of the same process. */
function isBefore(a: string, b: string): boolean {
  const [one, other] = [numbersOf(a), numbersOf(b)];
  return one.name === other.name && one.numbers.some((number, i) => number < other.numbers[i]!);
}

/** Positions of one partition grow; a visitor who has become a user has a state of another one. */
const isBehind = (a: List['userState'], b: List['userState']): boolean => a !== undefined && b !== undefined && a.partition === b.partition && a.position < b.position;

const isOlder = (a: List & { madeFrom: MadeFrom }, b: List & { madeFrom: MadeFrom }): boolean =>
  a.madeFrom.nowMs < b.madeFrom.nowMs || a.madeFrom.config < b.madeFrom.config || isBehind(a.userState, b.userState)
  || isBefore(a.madeFrom.candidates, b.madeFrom.candidates) || isBefore(a.madeFrom.ranking, b.madeFrom.ranking);

const isKnown = (list: List): list is List & { madeFrom: MadeFrom } => list.madeFrom !== undefined;

/** The same items in the same order, but for items whose scores are the same within what one run of a model differs from another. */
function isSameList(a: List, b: List): boolean {
  return a.items.length === b.items.length && a.items.every(({ id, score, source }, i) => {
    const other = b.items[i]!;
    return Math.abs(score - other.score) <= 1e-5 * Math.max(1, Math.abs(score)) && (id !== other.id || source === other.source);
  }) && a.items.filter(({ id }, i) => id !== b.items[i]!.id).length <= Math.max(0, a.items.length / 4);
}

function ineligibleItems({ items }: List, sentMs: number, receivedMs: number): List['items'] {
  return items.filter(({ fields }) => fields?.available === false || (fields?.expiresAt !== undefined && Date.parse(fields.expiresAt) <= sentMs)
    || (fields?.publishedAt !== undefined && Date.parse(fields.publishedAt) > receivedMs));
}

export class Judge {
  private readonly api: Api;
  private readonly tally: Tally;
  private readonly ids = new Set<string>();

  constructor(api: Api, tally: Tally) {
    this.api = api;
    this.tally = tally;
  }

  /** `groups` lists of so many at the same time, with two fresh ones around all of them. */
  async judge(request: object, groups: readonly number[]): Promise<void> {
    const before = await this.api.fresh(request);
    const lists: List[] = [];
    for (const [number, size] of groups.entries()) {
      // Every other group asks as a browser does, without reasons.
      const asked = number % 2 === 0 ? { body: { ...request, explain: true }, key: this.api.keys.secret } : { body: request, key: this.api.keys.publishable };
      lists.push(...await Promise.all(Array.from({ length: size }, async () => {
        const sentMs = Date.now();
        const list = await this.api.list(asked.body, asked.key);
        this.judgeItems(list, sentMs, Date.now());
        return list;
      })));
    }
    const after = await this.api.fresh(request);
    const equal = isKnown(before) && isKnown(after) && JSON.stringify(before.madeFrom) === JSON.stringify(after.madeFrom) && isSameList(before, after);
    for (const list of lists) this.count(list, before, equal, request);
  }

  private judgeItems(list: List, sentMs: number, receivedMs: number): void {
    const { tally } = this;
    const wrong = ineligibleItems(list, sentMs, receivedMs);
    tally.ineligible += wrong.length;
    if (wrong.length > 0 && tally.examples.length < 5) tally.examples.push(`ineligible between ${sentMs} and ${receivedMs}: ${JSON.stringify({ cache: list.cache, degraded: list.degraded, wrong })}`);
  }

  private count(list: List, before: List, equal: boolean, request: object): void {
    const { tally } = this;
    const isHit = list.cache === 'hit' || list.cache === 'shared';
    tally.requests++;
    if (isHit) tally.hits++;
    for (const id of [list.recommendationId, list.attributionToken]) {
      if (this.ids.has(id)) tally.repeatedIds++;
      this.ids.add(id);
    }
    const older = isHit && isKnown(list) && isKnown(before) && isOlder(list, before);
    const differs = equal && list.degraded.length === 0 && !isSameList(list, before);
    if (equal) {
      tally.compared++;
      if (isHit) tally.comparedHits++;
    }
    if (!older && !differs) return;
    tally.stale++;
    if (tally.examples.length < 5) {
      const said = ({ items, madeFrom, cache }: List) => JSON.stringify({ cache, madeFrom, items: items.map(({ id, score }) => `${id} ${score.toFixed(5)}`) });
      tally.examples.push(`${older ? 'older' : 'different'} ${JSON.stringify(request)}\n    fresh ${said(before)}\n    got   ${said(list)}`);
    }
  }
}
