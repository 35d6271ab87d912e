import type { Random } from '../random.js';

/**
 * How a list is read: the dynamic Bayesian network click model (Chapelle and Zhang, "A Dynamic Bayesian Network Click Model for Web
 * Search Ranking", WWW 2009). The shopper starts at the top; an examined offer is clicked with its `attraction`; a click satisfies,
 * and so ends the reading, with `satisfaction`; otherwise the shopper goes on to the next offer with probability `persistence`.
 */
export interface Offer {
  /** P(click | examined). */
  readonly attraction: number;
  /** P(stop | click). */
  readonly satisfaction: number;
  /** Expected value of a click. */
  readonly value: number;
}

/** P(next offer is examined | not satisfied). */
export const persistence = 0.93;

const gain = ({ attraction, value }: Offer): number => attraction * value;

const onward = ({ attraction, satisfaction }: Offer): number => persistence * (1 - attraction * satisfaction);

/** The exact expected value of the clicks on a list, in closed form. */
export function expectedValue(offers: readonly Offer[]): number {
  let examined = 1;
  let total = 0;
  for (const offer of offers) {
    total += examined * gain(offer);
    examined *= onward(offer);
  }
  return total;
}

/**
 * Indexes of the best list of at most `length` offers, in order; no other list has a greater expected value. Any set is best read by
 * falling gain ÷ (1 − onward), so the choice is a dynamic programme over the offers in that order (Kempe and Mahdian, "A Cascade
 * Model for Externalities in Sponsored Search", WINE 2008).
 */
export function bestList(offers: readonly Offer[], length: number): readonly number[] {
  const order = offers.map((_, index) => index).filter((index) => gain(offers[index]!) > 0);
  const merit = offers.map((offer) => gain(offer) / (1 - onward(offer)));
  order.sort((a, b) => merit[b]! - merit[a]! || a - b);
  const width = length + 1;
  const best = new Float64Array((order.length + 1) * width);
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const offer = offers[order[i]!]!;
    for (let room = 1; room <= length; room += 1) {
      best[i * width + room] = Math.max(best[(i + 1) * width + room]!, gain(offer) + onward(offer) * best[(i + 1) * width + room - 1]!);
    }
  }
  const chosen: number[] = [];
  for (let i = 0, room = length; i < order.length && room > 0; i += 1) {
    if (best[i * width + room]! <= best[(i + 1) * width + room]!) continue;
    chosen.push(order[i]!);
    room -= 1;
  }
  return chosen;
}

/** One reading of a list: the positions (from 0) that were examined last and clicked. */
export interface Reading {
  readonly clicked: readonly number[];
  readonly examined: number;
}

/** Draws one reading from the model whose expectation `expectedValue` is. */
export function readList(offers: readonly Offer[], random: Random): Reading {
  const clicked: number[] = [];
  let examined = 0;
  for (const [position, offer] of offers.entries()) {
    examined += 1;
    const isClicked = random.chance(offer.attraction);
    if (isClicked) clicked.push(position);
    if (isClicked && random.chance(offer.satisfaction)) break;
    if (!random.chance(persistence)) break;
  }
  return { clicked, examined };
}
