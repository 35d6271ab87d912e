import { newId } from './ids.js';
import type { Store } from './store.js';

/** Who is here, as events and requests say it: one of the two. */
export type Who = { readonly userId: string } | { readonly anonymousId: string };

/** Without anything for so long, what comes next is another session. */
const SESSION_GAP_MS = 30 * 60_000;
/** The session's last use is written at most so often. */
const TOUCH_MS = 60_000;

const ANONYMOUS = 'visitor';
const SESSION = 'session';
const SIGNED_IN = 'user';

/** The anonymous id of this browser, made when it is first needed. */
export function anonymousIdOf(store: Store, nowMs: number): string {
  const known = store.get(ANONYMOUS);
  if (known) return known;
  store.set(ANONYMOUS, newId(nowMs));
  return store.get(ANONYMOUS)!;
}

/**
 * Notes whether somebody has signed in. After a sign-out, on this page or between two, the next anonymous id is a new one: the old
 * one may have been merged into the user.
 */
export function noteSignIn(store: Store, isSignedIn: boolean): void {
  if (isSignedIn) store.set(SIGNED_IN, '');
  else if (store.get(SIGNED_IN) !== undefined) [SIGNED_IN, ANONYMOUS, SESSION].forEach(store.delete);
}

/** The session of now: one for all tabs, until half an hour passes without a use. */
export function sessionIdOf(store: Store, nowMs: number): string {
  const [known, usedMs] = (store.get(SESSION) ?? '').split(' ');
  const idleMs = nowMs - Number(usedMs);
  if (known && idleMs < TOUCH_MS) return known;
  const session = known && idleMs < SESSION_GAP_MS ? known : newId(nowMs);
  store.set(SESSION, `${session} ${nowMs}`);
  return session;
}
