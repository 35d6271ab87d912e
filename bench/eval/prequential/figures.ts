/** From the rank that each contestant gave the item that came to what is reported. */
import { discount, mean, pairedBootstrap, type Interval } from '@serendip/training-domain';

/** Length of the lists that are asked for, and of the part of them that NDCG looks at. */
export const LIST = 20;
const NDCG_AT = 10;

/** One question: who asked, and for each contestant the place of the right item in its list, from 0; -1 when it wasn't there. */
export interface Asked<Name extends string> {
  /** A number for each user. */
  readonly user: number;
  readonly ranks: Readonly<Record<Name, number>>;
}

export interface Quality {
  readonly hr20: number;
  readonly ndcg10: number;
}

const hit = (rank: number): number => (rank >= 0 && rank < LIST ? 1 : 0);
/** With one right item the ideal gain is 1. */
const gain = (rank: number): number => (rank >= 0 && rank < NDCG_AT ? discount(rank) : 0);

export function qualityOf<Name extends string>(asked: readonly Asked<Name>[], name: Name): Quality {
  const ranks = asked.map((one) => one.ranks[name]);
  return { hr20: rounded(mean(ranks.map(hit))), ndcg10: rounded(mean(ranks.map(gain))) };
}

/** NDCG@10 of one contestant less that of another, with a 95 % interval; all questions of a user are drawn together, because they depend on each other. */
export function difference<Name extends string>(asked: readonly Asked<Name>[], name: Name, other: Name): Interval {
  const of = (contestant: Name): number[] => asked.map(({ ranks }) => gain(ranks[contestant]));
  return pairedBootstrap(of(name), of(other), { groups: asked.map(({ user }) => user), samples: 2000 });
}

export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
