import { MOST_SHOWN, openCursor, signCursor, type ListIdentity, type Recommendation, type Visitor } from '@serendip/serving-domain';
import type { RecommendationInput } from './recommendation-schema.js';

/** How long a page may be looked at before the next one is asked for. */
const CURSOR_LASTS_MS = 60 * 60_000;

/** Where in a list a request is. */
export interface Page {
  readonly list: ListIdentity;
  /** Ordinals of the items of the pages before, ascending; empty for the first page. */
  readonly shown: readonly number[];
}

/** The list that a request asks for: all of it but who asks, which is the visitor, and what may differ from page to page. */
function listOf(input: RecommendationInput, visitor: Visitor): ListIdentity {
  const { placement, cursor: _cursor, userId: _user, anonymousId: _anonymous, sessionId: _session, limit: _limit, fields: _fields, explain: _explain, dryRun: _dry, context: _context, ...shape } = input;
  return { placement, visitor, shape };
}

/** The page that a request asks for. Throws INVALID_ARGUMENT like `openCursor`. */
export function pageOf(input: RecommendationInput, { visitor, key, nowMs }: { readonly visitor: Visitor; readonly key: Uint8Array; readonly nowMs: number }): Page {
  const list = listOf(input, visitor);
  return { list, shown: input.cursor === undefined ? [] : openCursor(input.cursor, { list, key, nowMs }).shown };
}

/** The cursor of the page after this answer; undefined when nothing is left for one. */
export function cursorAfter({ list, shown }: Page, { items, hasMore }: Pick<Recommendation, 'items' | 'hasMore'>, { key, nowMs }: { readonly key: Uint8Array; readonly nowMs: number }): string | undefined {
  if (!hasMore || shown.length + items.length >= MOST_SHOWN) return undefined;
  const all = [...shown, ...items.map(({ ordinal }) => ordinal)].sort((a, b) => a - b);
  return signCursor({ shown: all, expiresAtMs: nowMs + CURSOR_LASTS_MS }, list, key);
}
