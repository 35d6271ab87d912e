import { readBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { readTaste } from '@serendip/ranking-adapters';
import { FeatureComputer, Taste } from '@serendip/ranking-domain';
import { BundleRetrieverLoader } from '@serendip/retrieval-adapters';
import { CandidateRetriever, RetrieverSet } from '@serendip/retrieval-domain';
import { UserStateView } from '@serendip/shared-layouts';
import type { ServedRow } from '../export/event-row.js';
import { visitOf } from './visit-of-row.js';
import type { ReplayedState } from './replayed-state.js';
import type { ReplaySettings } from './settings.js';

export interface SlateFeaturesParts {
  readonly tenant: string;
  readonly objects: ObjectStore;
  readonly state: ReplayedState;
  readonly settings: ReplaySettings;
  /** Columns wanted, in order. */
  readonly names: readonly string[];
}

/** Whether there still is such a feature. */
function isComputed(name: string): boolean {
  try {
    return new FeatureComputer([name]).names.length > 0;
  } catch {
    return false;
  }
}

/** Makes the features of slates anew, by the code that makes them when serving: retrieval, taste and `FeatureComputer`. */
export class SlateFeatures {
  private readonly computer: FeatureComputer;
  private readonly places: readonly number[];

  private constructor(private readonly parts: SlateFeaturesParts, private readonly retriever: CandidateRetriever, private readonly tastes: ReadonlyMap<string, Taste>) {
    const known = parts.names.filter(isComputed);
    this.computer = new FeatureComputer(known);
    this.places = parts.names.map((name) => known.indexOf(name));
  }

  /** Loads every version of a model that there still is. */
  static async open(parts: SlateFeaturesParts): Promise<SlateFeatures> {
    const { objects, state, settings: { models }, tenant } = parts;
    let looks = 0;
    // Whatever is derived from the columns is made anew at every look.
    const clock = (): number => (looks += 1000);
    const retrievers = new RetrieverSet({ loader: new BundleRetrieverLoader(objects), catalogues: state, clock });
    await retrievers.update(models.filter(({ kind }) => kind === 'retriever').map(({ name, version, bundle, digest }) => ({ tenant, name, version, bundle, digest })));
    const tastes = new Map<string, Taste>();
    for (const { kind, name, version, bundle, digest } of models) {
      if (kind !== 'ranker') continue;
      const table = await readBundle(objects, bundle, digest).then(readTaste).catch(() => undefined);
      if (table !== undefined) tastes.set(`${name}@${version}`, new Taste(table));
    }
    return new SlateFeatures(parts, new CandidateRetriever({ catalogues: state, retrievers, clock }), tastes);
  }

  /** A row for each item of a slate, one after the other; NaN for what can't be made again: an item that retrieval does not find, a feature that is no longer declared. */
  async of(slate: ServedRow, userState: Uint8Array): Promise<Float32Array> {
    const { tenant, names, settings: { placements }, state } = this.parts;
    const width = names.length;
    const rows = new Float32Array(slate.served_items.length * width).fill(NaN);
    const placement = placements.find(({ name }) => name === slate.placement);
    const nowMs = slate.served_as_of;
    if (placement === undefined || nowMs === undefined) return rows;
    await state.update();
    const seeds = slate.served_seed_items ?? [];
    const found = await this.retriever.retrieve({
      tenant, userState, retriever: slate.served_retriever ?? '', sources: placement.sources, seedItemIds: seeds, givenItemIds: [], excludeItemIds: seeds, seenTypes: placement.seenTypes,
      categories: [], limit: placement.candidates, nowMs,
    }, { deadlineMs: Infinity, signal: new AbortController().signal });
    const view = new UserStateView(userState);
    const { columns } = state.view();
    const tasteScores = this.tastes.get(slate.served_ranker ?? '')?.score(view, columns, found.ordinals);
    const candidates = { ordinals: found.ordinals, scores: found.scores, personalScores: found.personalScores, nextScores: found.nextScores };
    const made = this.computer.compute(view, columns, tasteScores === undefined ? candidates : { ...candidates, tasteScores }, { nowMs, visit: visitOf(slate) });
    slate.served_items.forEach(({ ordinal = -1 }, i) => {
      const row = found.ordinals.indexOf(ordinal);
      if (row < 0) return;
      this.places.forEach((place, column) => { if (place >= 0) rows[i * width + column] = made[row * this.computer.names.length + place]!; });
    });
    return rows;
  }
}
