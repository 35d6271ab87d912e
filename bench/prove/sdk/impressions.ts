import type { Browser, Page } from 'playwright-core';

declare const globalThis: { ready?: boolean; listed?: boolean; see(card: number, steps: readonly Step[]): Promise<Seen[]>; waiting(): number };

/** A share of the card (-1: all of it, in a hidden tab) and for how many milliseconds. */
type Step = readonly [share: number, ms: number];

interface Seen {
  readonly share: number;
  readonly fromMs: number;
}

/** What is done with a card; the rule says which of them are impressions. */
export const CASES: readonly { readonly name: string; readonly steps: readonly Step[]; readonly counts: boolean }[] = [
  { name: 'whole, 1.5 s', steps: [[1, 1500]], counts: true },
  { name: 'whole, 0.5 s', steps: [[1, 500]], counts: false },
  { name: '40 %, 2 s', steps: [[0.4, 2000]], counts: false },
  { name: '60 %, 1.5 s', steps: [[0.6, 1500]], counts: true },
  { name: 'half, 1.5 s', steps: [[0.5, 1500]], counts: true },
  { name: 'twice 0.6 s', steps: [[1, 600], [0, 300], [1, 600]], counts: false },
  { name: 'twice 1.4 s: once', steps: [[1, 1400], [0, 300], [1, 1400]], counts: true },
  { name: 'whole 0.7 s, then 60 % 0.7 s', steps: [[1, 700], [0.6, 700]], counts: true },
  { name: 'whole 0.6 s, then 40 % 0.5 s, then whole 0.6 s', steps: [[1, 600], [0.4, 500], [1, 600]], counts: false },
  { name: 'whole 0.6 s, hidden tab 1.2 s, whole 0.6 s', steps: [[1, 600], [-1, 1200], [1, 600]], counts: false },
  { name: 'never', steps: [], counts: false },
];

/** Measured times so close to a second are no fair question. */
const GREY_MS = 100;
const ATTEMPTS = 3;

/** The longest time that at least half was visible. */
function longestMs(seen: readonly Seen[]): number {
  let longest = 0;
  let sinceMs: number | undefined;
  for (const { share, fromMs } of seen) {
    if (share >= 0.5) sinceMs ??= fromMs;
    else {
      if (sinceMs !== undefined) longest = Math.max(longest, fromMs - sinceMs);
      sinceMs = undefined;
    }
  }
  return longest;
}

export interface ImpressionPlan {
  readonly url: string;
}

/** One question to the platform: how many impressions of a card it counted. */
export interface Asked {
  readonly card: number;
  readonly name: string;
  readonly wanted: 0 | 1;
}

/** Goes through all cases on a page of its own. What the machine was too busy to show clearly is not asked about. */
export async function lookAround(browser: Browser, { url }: ImpressionPlan): Promise<{ readonly asked: readonly Asked[]; readonly page: Page }> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.ready && globalThis.listed);
  const asked: Asked[] = [];
  for (const [card, { name, steps, counts }] of CASES.entries()) {
    const seen = await page.evaluate(([at, plan]) => globalThis.see(at as number, plan as readonly Step[]), [card, steps] as const);
    // What was measured is the truth, whatever was planned.
    const ms = longestMs(seen);
    if (Math.abs(ms - 1000) < GREY_MS) continue;
    asked.push({ card, wanted: ms >= 1000 ? 1 : 0, name: ms >= 1000 === counts ? name : `${name}, which took ${Math.round(ms)} ms` });
  }
  return { asked, page };
}

/** Waits until the page has nothing left to send, and closes it. */
export async function drain(page: Page, timeoutMs: number): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await page.reload();
    const isEmpty = await page.waitForFunction(() => globalThis.waiting() === 0, undefined, { timeout: timeoutMs / ATTEMPTS, polling: 100 }).then(() => true, () => false);
    if (isEmpty) break;
  }
  await page.context().close();
}
