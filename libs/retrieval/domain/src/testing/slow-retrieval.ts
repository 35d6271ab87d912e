import { HALF_LIVES_MS, UserStateView, decayedValue, engagementWeight, type ItemStatistic } from '@serendip/shared-layouts';
import { hash64 } from '@serendip/shared-identity';
import { LagFilterEncoder } from '../encoders/lag-filter.js';
import type { NeighbourTable } from '../encoders/neighbours.js';
import type { RetrievalRequest, SourceRequest } from '../request/retrieval-request.js';
import type { RetrieverParts } from '../retrievers/retriever-model.js';
import type { FakeCatalogue } from './fake-catalogue.js';

interface Scored { readonly id: string; readonly score: number }

/** What retrieval should answer: candidates best first, each with the names of its sources. */
export interface SlowCandidate {
  readonly id: string;
  readonly sources: readonly string[];
  readonly score: number;
  readonly personal: number;
  readonly next: number;
  readonly boost: number;
  /** The pins that it matches. */
  readonly pins: readonly string[];
}

const DAY_MS = 86_400_000;
const statistics: Readonly<Record<string, ItemStatistic>> = { '': 'engagement_7d', '1d': 'engagement_1d', '7d': 'engagement_7d', '30d': 'engagement_30d', all: 'engagement_total' };
const halfLives: Partial<Record<ItemStatistic, number>> = { engagement_1d: HALF_LIVES_MS[0], engagement_7d: HALF_LIVES_MS[1], engagement_30d: HALF_LIVES_MS[2] };

/** The value of an expression for an item; for a filter, anything but 0 is true. */
export type ExpressionValues = (expression: string, id: string) => number;

/** The contract of retrieval said once more, plainly and slowly, as something to test the real one against. */
export class SlowRetrieval {
  private readonly ids: readonly string[];
  private readonly allowed: readonly string[];
  private readonly history: readonly string[];
  private readonly user: Float32Array | undefined;
  private readonly next: ReadonlyMap<string, number>;

  constructor(private readonly catalogue: FakeCatalogue, private readonly retriever: RetrieverParts | undefined, private readonly request: RetrievalRequest, private readonly values: ExpressionValues = () => 1) {
    const { columns } = catalogue;
    const state = new UserStateView(request.userState);
    this.ids = Array.from({ length: columns.size }, (_, row) => columns.id(row));
    this.allowed = this.ids.filter((id) => this.isAllowed(id, state));
    const everyId = new Map([...this.ids, ...(retriever?.items ?? [])].map((id) => [key(hash64(id)), id]));
    this.history = Array.from({ length: state.interactions }, (_, i) => state.interactions - 1 - i)
      .filter((i) => engagementWeight(state.type(i), state.value(i)) > 0)
      .map((i) => everyId.get(key({ lo: state.itemLo(i), hi: state.itemHi(i) })) ?? '?');
    this.user = this.encode();
    this.next = this.follow(retriever?.neighbours, [...request.seedItemIds, ...this.history], { lags: 16, decay: 0.7 });
  }

  /** How many items each source finds, in the request's order. */
  found(): number[] {
    return this.request.sources.map((source) => Math.min(source.limit, this.find(source).length));
  }

  candidates(): SlowCandidate[] {
    const { request: { sources, limit } } = this;
    const found = sources.map((source) => ({ source, list: this.cut(this.find(source), source.limit) }));
    const merged = new Map<string, string[]>();
    const add = (id: string, name: string): void => void merged.set(id, [...(merged.get(id) ?? []), name]);
    for (const { source, list } of found) for (const { id } of list) add(id, source.name);
    const pinned = new Set<string>();
    if (sources.length === 0 || sources.some(({ name }) => name !== 'given')) {
      for (const id of this.pinned()) {
        pinned.add(id);
        if (!merged.has(id)) add(id, 'pin');
      }
      for (const id of [...this.popular(this.popularity()).map((item) => item.id), ...this.allowed]) {
        if (merged.size < limit && !merged.has(id)) add(id, 'fill');
      }
    }
    const similar = found.filter(({ source }) => source.name === 'similar').flatMap(({ list }) => list);
    const top = Math.max(...[...merged.keys()].map((id) => this.personal(id)).filter(Number.isFinite));
    const { boosts = [], pins = [] } = this.request.expressions ?? {};
    const scored = [...merged].map(([id, names]) => ({
      id, sources: names, score: this.score(id, { similar, top }), personal: this.personal(id), next: this.next.get(id) ?? 0,
      boost: Math.min(100, Math.max(0.01, boosts.reduce((product, boost) => product * this.values(boost, id), 1))), pins: pins.filter((pin) => this.values(pin, id) !== 0),
    })).sort((a, b) => Math.fround(b.score) - Math.fround(a.score));
    const late = scored.slice(limit).filter(({ id }) => pinned.has(id));
    const free = scored.slice(0, limit).filter(({ id }) => !pinned.has(id));
    const out = new Set([...free.slice(Math.max(0, free.length - late.length))].map(({ id }) => id));
    return [...scored.slice(0, limit).filter(({ id }) => !out.has(id)), ...late.slice(0, out.size)];
  }

  /** The best matches of each pin that may be shown, as many of each as there are pins. */
  private pinned(): string[] {
    const { pins = [] } = this.request.expressions ?? {};
    const score = (id: string): number => (this.user === undefined ? this.logShare(id, this.popularity()) : this.personal(id));
    const best = this.cut(this.allowed.map((id) => ({ id, score: Number.isNaN(score(id)) ? -Infinity : score(id) })), Infinity);
    return pins.flatMap((pin) => best.filter(({ id }) => this.values(pin, id) !== 0).slice(0, pins.length).map(({ id }) => id));
  }

  private isAllowed(id: string, state: UserStateView): boolean {
    const { columns } = this.catalogue;
    const { categories, excludeItemIds, excludeOrdinals, seenTypes, nowMs } = this.request;
    const row = columns.rowOfId(id);
    const { lo, hi } = hash64(id);
    const named = Array.from(columns.categoriesOf(row), (category) => columns.categories.name(category));
    return columns.eligible(row, nowMs) && !excludeItemIds.includes(id) && excludeOrdinals?.includes(columns.ordinal[row]!) !== true && (state.seenMaskOf(lo, hi) & seenTypes) === 0
      && (categories.length === 0 || categories.some((name) => named.includes(name)))
      && (this.request.expressions?.filters ?? []).every((filter) => this.values(filter, id) !== 0);
  }

  private find({ name, window }: SourceRequest): Scored[] {
    const { seedItemIds, givenItemIds, nowMs } = this.request;
    const { columns } = this.catalogue;
    const published = (id: string): number => columns.publishedAtMs[columns.rowOfId(id)]!;
    switch (name) {
      case 'personal': return this.user === undefined ? [] : this.allowed.map((id) => ({ id, score: this.personal(id) }));
      case 'next': return this.allowed.filter((id) => this.next.has(id)).map((id) => ({ id, score: this.next.get(id)! }));
      case 'similar': return this.similar(seedItemIds);
      case 'trending': return this.popular('engagement_1d');
      case 'popular': return statistics[window] === undefined ? [] : this.popular(statistics[window]);
      case 'new': return this.allowed.filter((id) => nowMs - published(id) <= 30 * DAY_MS).map((id) => ({ id, score: published(id) - nowMs }));
      case 'given': return this.allowed.filter((id) => givenItemIds.includes(id)).map((id) => ({ id, score: -givenItemIds.indexOf(id) }));
      default: return [];
    }
  }

  private cut(list: readonly Scored[], limit: number): Scored[] {
    return [...list].sort((a, b) => Math.fround(b.score) - Math.fround(a.score) || this.ids.indexOf(a.id) - this.ids.indexOf(b.id)).slice(0, limit);
  }

  private modelRow(id: string): number {
    return this.retriever?.items.indexOf(id) ?? -1;
  }

  private encode(): Float32Array | undefined {
    if (this.retriever === undefined) return undefined;
    const out = new Float32Array(this.retriever.encoder.dimension);
    return new LagFilterEncoder(this.retriever.encoder).encode(this.history.map((id) => this.modelRow(id)), out) === 0 ? undefined : out;
  }

  private vector(id: string): { readonly vector: readonly number[]; readonly bias: number } {
    const { itemOut, bias, items, encoder: { dimension } } = this.retriever!;
    const row = this.modelRow(id);
    const of = (at: number): number[] => [...itemOut.slice(at * dimension, (at + 1) * dimension)];
    if (row >= 0) return { vector: of(row), bias: bias[row]! };
    const { columns } = this.catalogue;
    const learned = this.ids.filter((other) => this.modelRow(other) >= 0);
    const sharing = (category: number): string[] => learned.filter((other) => columns.categoriesOf(columns.rowOfId(other)).includes(category));
    const narrowest = [...columns.categoriesOf(columns.rowOfId(id))].reverse().find((category) => sharing(category).length > 0);
    const known = narrowest === undefined ? [] : sharing(narrowest).map((other) => of(this.modelRow(other)));
    const mean = Array.from({ length: dimension }, (_, c) => (known.length === 0 ? 0 : Math.fround(known.reduce((sum, vector) => sum + vector[c]!, 0) / known.length)));
    return { vector: mean, bias: items.length === 0 ? 0 : [...bias].sort((a, b) => a - b)[Math.floor(0.2 * (items.length - 1))]! };
  }

  private personal(id: string): number {
    if (this.user === undefined) return NaN;
    const { vector, bias } = this.vector(id);
    return Math.fround(vector.reduce((sum, value, c) => sum + value * this.user![c]!, bias));
  }

  private follow(table: NeighbourTable | undefined, recent: readonly string[], { lags, decay }: { lags: number; decay: number }): Map<string, number> {
    const scores = new Map<string, number>();
    const rows = recent.map((id) => this.modelRow(id)).filter((row) => row >= 0).filter((row, i, list) => row !== list[i - 1]).slice(0, lags);
    if (table === undefined) return scores;
    let strength = 1;
    for (const row of rows) {
      for (let k = 0; k < table.width && table.ids[row * table.width + k]! >= 0; k++) {
        const id = this.retriever!.items[table.ids[row * table.width + k]!]!;
        scores.set(id, Math.fround((scores.get(id) ?? 0) + strength * table.weights[row * table.width + k]!));
      }
      strength *= decay;
    }
    return scores;
  }

  private similar(seeds: readonly string[]): Scored[] {
    const known = seeds.length === 0 ? this.history.length > 0 : seeds.some((id) => this.modelRow(id) >= 0);
    if (this.retriever !== undefined && known) {
      const scores = this.follow(this.retriever.similar, seeds.length > 0 ? seeds : this.history, seeds.length > 0 ? { lags: 64, decay: 1 } : { lags: 8, decay: 0.7 });
      return this.allowed.filter((id) => scores.has(id)).map((id) => ({ id, score: scores.get(id)! }));
    }
    const { columns } = this.catalogue;
    const categories = (id: string): number[] => [...columns.categoriesOf(columns.rowOfId(id))];
    const rarity = (category: number): number => Math.log(this.ids.length / this.ids.filter((id) => categories(id).includes(category)).length);
    return this.allowed.filter((id) => !seeds.includes(id) && seeds.some((seed) => categories(seed).some((category) => categories(id).includes(category)))).map((id) => ({
      id,
      score: seeds.flatMap(categories).filter((category) => categories(id).includes(category)).reduce((sum, category) => sum + rarity(category), 0)
        + 1e-3 * Math.max(-20, this.logShare(id, 'engagement_7d')),
    }));
  }

  private engagement(id: string, statistic: ItemStatistic): number {
    const stored = this.catalogue.columns.statistic(this.catalogue.columns.rowOfId(id), statistic);
    const halfLife = halfLives[statistic];
    return halfLife === undefined ? stored : decayedValue(stored, this.request.nowMs, halfLife);
  }

  private logShare(id: string, statistic: ItemStatistic): number {
    return Math.fround(Math.log(this.engagement(id, statistic) / Math.max(...this.ids.map((other) => this.engagement(other, statistic)))));
  }

  private popular(statistic: ItemStatistic): Scored[] {
    return this.cut(this.allowed.filter((id) => this.engagement(id, statistic) > 0).map((id) => ({ id, score: this.logShare(id, statistic) })), Infinity);
  }

  private popularity(): ItemStatistic {
    const first = this.request.sources.find(({ name }) => name === 'popular' || name === 'trending');
    return first?.name === 'trending' ? 'engagement_1d' : statistics[first?.window ?? ''] ?? 'engagement_7d';
  }

  private score(id: string, { similar, top }: { similar: readonly Scored[]; top: number }): number {
    const near = similar.filter(({ score }) => score > 0);
    const nextMost = Math.max(0, ...this.next.values());
    const similarMost = Math.max(0, ...near.map(({ score }) => score));
    const personal = this.personal(id);
    let score = Number.isNaN(personal) ? Math.max(-12, Number.isNaN(this.logShare(id, this.popularity())) ? -12 : this.logShare(id, this.popularity())) : personal - top;
    if (nextMost > 0) score += 0.7 * Math.log((this.next.get(id) ?? 0) / nextMost + 0.01);
    if (similarMost > 0) score += 1.4 * Math.log((near.find((item) => item.id === id)?.score ?? 0) / similarMost + 0.01);
    return score;
  }
}

const key = ({ lo, hi }: { readonly lo: number; readonly hi: number }): string => `${hi}:${lo}`;
