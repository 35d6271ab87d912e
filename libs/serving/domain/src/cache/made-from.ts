import { hash } from 'node:crypto';
import type { Slate } from '@serendip/shared-pipeline';
import type { Query } from '../query.js';

/** What a slate was made from, besides its request: all of it the same, and the slate is the same. */
export interface MadeFrom {
  /** Digest of the user state; empty for an empty one. */
  readonly userState: string;
  /** As the candidate retriever names it. */
  readonly candidates: string;
  /** As the ranker names it; empty where a plan has none. */
  readonly ranking: string;
}

export const digestOf = (userState: Uint8Array): string => (userState.length === 0 ? '' : hash('sha256', userState, 'base64url'));

/** Undefined when a part of it was left out or has changed while it was made: then nobody else can know whether they would get the same. */
export function madeFrom({ query: { request, userState, work }, degraded }: Slate<Query>): MadeFrom | undefined {
  const candidates = work.candidates?.version ?? '';
  const ranking = work.ranked?.version ?? '';
  if (degraded.length > 0 || work.late.length > 0 || candidates === '' || (ranking === '' && request.plan.ranker !== '')) return undefined;
  return { userState: digestOf(userState), candidates, ranking };
}

export const isSame = (a: MadeFrom, b: MadeFrom): boolean => a.userState === b.userState && a.candidates === b.candidates && a.ranking === b.ranking;
