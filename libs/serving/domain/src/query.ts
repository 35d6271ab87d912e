import type { AskingTime, Degradation, Selected } from '@serendip/shared-pipeline';
import type { FeatureRows, ItemDocument, RecommendationRequest, RuleEffect } from './recommendation.js';
import type { FactsReader, RankedCandidates, RetrievedCandidates, ScoreExplanation } from './ports.js';
import type { Draws } from './exploration/draw.js';
import { LOOKAHEAD } from './selection/arrange.js';
import { askingTimeBefore } from './selection/asking-time.js';
import { applyRules, isArranged, type AppliedRules } from './selection/rules.js';

/** What stages of one request leave for each other, besides the candidates themselves. */
export interface Work {
  candidates?: RetrievedCandidates;
  /** Whether retrieval found as many as were wanted, so that there may be others. */
  maybeMore?: boolean;
  ranked?: RankedCandidates;
  /** The plan's rules as they hold for this request. */
  rules?: AppliedRules;
  /** For asking these rules about documents. */
  readonly asking: AskingTime;
  /** Bits of the pins that each candidate matches by the search's word; only where a pin asks about the seed item. */
  pinBits?: ReadonlyMap<number, number>;
  /** The n-th time as many candidates behind the reserve as it has, the next best first, n from 1: none when there are no more. */
  more?: (n: number) => readonly Selected[];
  documents?: ReadonlyMap<number, ItemDocument>;
  /** Documents that came with the fallback list: used where newer ones can't be read. */
  kept?: ReadonlyMap<number, ItemDocument>;
  /** Steps down that a stage took without failing as a whole. */
  readonly late: Degradation[];
  /** Items that late checks looked at. */
  checked: number;
  /** Items that late checks dropped, by rule. */
  readonly dropped: Map<string, number>;
  /** What the arrangement did to items, when the answer is to explain itself. */
  moved?: ReadonlyMap<number, readonly RuleEffect[]>;
  /** Ordinals in slots of pins. */
  pinned?: ReadonlySet<number>;
  exploration?: Draws;
  /** What made the shown items score as they do, when the answer is to explain itself. */
  explanation?: ScoreExplanation & { readonly rows: FeatureRows };
}

export const newWork = (asking = askingTimeBefore(Infinity)): Work => ({ asking, late: [], checked: 0, dropped: new Map() });

/** What was chosen and why, for late checks to begin again with. */
export const copyOfWork = ({ candidates, maybeMore, ranked, rules, pinBits, more }: Work, asking?: AskingTime): Work => (
  { ...newWork(asking), ...Object.fromEntries(Object.entries({ candidates, maybeMore, ranked, rules, pinBits, more }).filter(([, value]) => value !== undefined)) }
);

/** One request on its way through the pipeline. */
export interface Query {
  readonly request: RecommendationRequest;
  readonly userState: Uint8Array;
  /** The user that the visitor has become, whose state it is; else ''. */
  readonly mergedInto: string;
  /** False while the visitor's state could not be read: then seen items may be shown, and the answer says so. */
  readonly userStateKnown: boolean;
  readonly work: Work;
}

/** Items the selector keeps: the slate, which may be as long as a given list, and a reserve for what late checks drop. */
export const reserveOf = (limit: number): number => Math.max(limit, Math.min(400, limit * 2 + 20));

/** How many candidates are looked at for a list: a list that rules arrange needs some to choose from for its last slot too. */
export const reserveFor = (limit: number, rules: AppliedRules): number => reserveOf(limit) + (isArranged(rules) ? LOOKAHEAD : 0);

/** The rules of a request, worked out once: by the first who asks after the user's state is known. */
export function rulesOf({ request, userState, work }: Query, facts: FactsReader): AppliedRules {
  return (work.rules ??= applyRules(request.plan, () => facts.factsOf(request, userState), request.shownOrdinals.length));
}

/** How retrieval names what may be explored. */
export const EXPLORATION = 'exploration';

/** The source bit of what may be explored; 0 where nothing may. */
export function explorationBit({ candidates }: Work): number {
  const at = candidates?.sourceNames.indexOf(EXPLORATION) ?? -1;
  return at < 0 ? 0 : 1 << at;
}

/** What is known of the items: as it has been read, else as it came with the fallback list. */
export const documentsOf = ({ documents, kept }: Work): ReadonlyMap<number, ItemDocument> | undefined => documents ?? kept;
