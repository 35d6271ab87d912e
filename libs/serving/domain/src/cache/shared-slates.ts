import { hash } from 'node:crypto';
import { choose, hydrate, type Context, type Pipeline, type Slate } from '@serendip/shared-pipeline';
import type { VersionReader } from '../ports.js';
import { copyOfWork, type Query } from '../query.js';
import type { CacheUse, RecommendationRequest } from '../recommendation.js';
import { digestOf, isSame, madeFrom, type MadeFrom } from './made-from.js';

/** What was chosen for a request, before late checks: these are made for each answer, at its own time. */
export interface KeptSlate {
  readonly slate: Slate<Query>;
  readonly from: MadeFrom;
}

/** A slate, or one that is being made. */
export interface SlateEntry {
  /** Undefined when it can't be shared; never rejects. */
  readonly made: Promise<KeptSlate | undefined>;
  isMade: boolean;
}

/** Where entries are kept; it may forget any of them at any time. */
export interface SlateStore {
  get(key: string): SlateEntry | undefined;
  set(key: string, entry: SlateEntry): unknown;
  delete(key: string): unknown;
}

const NOTHING = Promise.resolve(undefined);

/** Everything of a request but its id and whether it may share; of a compiled expression its text. `nowMs` is a tick, so there is one key for each tick. */
function keyOf({ fresh: _, recommendationId: _id, ...request }: RecommendationRequest): string {
  const text = JSON.stringify(request, (_name, value: unknown) => (typeof value === 'object' && value !== null && 'evaluate' in value && 'source' in value ? value.source : value));
  return hash('sha256', text, 'base64');
}

/** Resolves with undefined when it takes longer; a promise that never rejects. */
async function inTime<T>(promise: Promise<T>, deadlineMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(() => resolve(undefined), Math.max(0, deadlineMs - performance.now())); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Slates that identical requests share, made or being made, and never an old one: who finds one reads, after having come, what it would be made
 * from now (the user's state and the versions of the services), and takes it only if that is what it was made from. So an answer that is shared is one that
 * a computation of its own would have given at that moment.
 */
export class SharedSlates {
  constructor(private readonly store: SlateStore, private readonly versions: VersionReader) {}

  async slateOf(pipeline: Pipeline<Query>, started: Query, context: Context): Promise<{ readonly slate: Slate<Query>; readonly use: CacheUse }> {
    const key = keyOf(started.request);
    const known = this.store.get(key);
    if (known === undefined) {
      return { use: 'miss', slate: await this.make(key, async () => choose(pipeline, await hydrate(pipeline, started, context), context)) };
    }
    const use = known.isMade ? 'hit' : 'shared';
    // Half of the time is left to make one, should this have been in vain.
    const patience = { ...context, deadlineMs: (performance.now() + context.deadlineMs) / 2 };
    const [own, versions, kept] = await Promise.all([
      hydrate(pipeline, started, context), this.versions.read(started.request, patience).catch(() => undefined), inTime(known.made, patience.deadlineMs),
    ]);
    const userState = own.degraded.length === 0 ? digestOf(own.query.userState) : undefined;
    if (userState !== undefined) {
      if (kept !== undefined && versions !== undefined && isSame(kept.from, { ...versions, userState })) return { slate: again(kept, own.query), use };
      // Another one was begun after this request came: its candidates and scores are of later still, and its user state can be compared.
      const newer = this.store.get(key);
      const late = newer === known ? undefined : await inTime(newer?.made ?? NOTHING, patience.deadlineMs);
      if (late?.from.userState === userState) return { slate: again(late, own.query), use: 'shared' };
    }
    return { use: 'miss', slate: await this.make(key, () => choose(pipeline, own, context)) };
  }

  private make(key: string, work: () => Promise<Slate<Query>>): Promise<Slate<Query>> {
    const slate = work();
    const entry: SlateEntry = { made: slate.then(keptOf, () => undefined), isMade: false };
    this.store.set(key, entry);
    void entry.made.then((kept) => {
      entry.isMade = true;
      if (kept === undefined && this.store.get(key) === entry) this.store.delete(key);
    });
    return slate;
  }
}

function keptOf(slate: Slate<Query>): KeptSlate | undefined {
  const from = madeFrom(slate);
  // The state itself is large, and whoever shares has their own.
  return from === undefined ? undefined : { slate: { ...slate, query: { ...slate.query, userState: new Uint8Array(0), work: copyOfWork(slate.query.work) } }, from };
}

function again({ slate }: KeptSlate, query: Query): Slate<Query> {
  return { ...slate, query: { ...query, work: copyOfWork(slate.query.work, query.work.asking) } };
}
