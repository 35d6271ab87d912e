import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { seededRandom } from '../../shared/random.ts';

declare const globalThis: {
  ready?: boolean;
  refused: [number, string][];
  onAway: object[];
  happen(events: readonly object[]): void;
  waiting(): number;
  visitor(): string;
};

const ENDS = ['close', 'reload', 'crash', 'away', 'another'] as const;
type End = (typeof ENDS)[number];

export interface VisitorOptions {
  readonly url: string;
  readonly items: readonly string[];
  readonly events: number;
  readonly seed: number;
}

/** Somebody with a browser and a few tabs, in which things happen that the platform must hear of once. */
export class BrowserVisitor {
  /** Each event has a number of its own. */
  tracked = 0;
  readonly ends: Partial<Record<End, number>> = {};
  readonly refused: [number, string][] = [];
  anonymousId = '';
  private readonly options: VisitorOptions;
  private readonly context: BrowserContext;
  private readonly random: () => number;
  private pages: Page[] = [];

  private constructor(context: BrowserContext, options: VisitorOptions) {
    this.context = context;
    this.options = options;
    this.random = seededRandom(options.seed);
  }

  static async of(browser: Browser, options: VisitorOptions): Promise<BrowserVisitor> {
    return new BrowserVisitor(await browser.newContext(), options);
  }

  /** Lives until all events have happened: tabs open, close in the middle of it, crash, are reloaded and left by links. */
  async live(): Promise<void> {
    while (this.tracked < this.options.events) {
      if (this.pages.length === 0) await this.open();
      const page = this.pages[Math.floor(this.random() * this.pages.length)]!;
      await page.evaluate((events) => globalThis.happen(events), this.next());
      await sleep(this.random() * 500);
      if (this.random() < 0.4) await this.end(page);
    }
  }

  /** Opens one last page and waits until nothing is left to send. */
  async finish(timeoutMs: number): Promise<void> {
    const page = await this.open();
    this.anonymousId = await page.evaluate(() => globalThis.visitor());
    await page.waitForFunction(() => globalThis.waiting() === 0, undefined, { timeout: timeoutMs, polling: 100 }).catch(() => undefined);
    for (const open of this.pages) this.refused.push(...await open.evaluate(() => globalThis.refused));
    await this.context.close();
  }

  private next(): { itemId: string; value: number }[] {
    const count = Math.min(1 + Math.floor(this.random() * 5), this.options.events - this.tracked);
    return Array.from({ length: count }, () => ({ itemId: this.options.items[this.tracked % this.options.items.length]!, value: ++this.tracked }));
  }

  private async open(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.options.url);
    await page.waitForFunction(() => globalThis.ready);
    this.pages.push(page);
    return page;
  }

  private async end(page: Page): Promise<void> {
    const end = ENDS[Math.floor(this.random() * ENDS.length)]!;
    this.ends[end] = (this.ends[end] ?? 0) + 1;
    if (end === 'another') {
      if (this.pages.length < 3) await this.open();
      return;
    }
    if (end === 'reload') {
      await page.reload();
      await page.waitForFunction(() => globalThis.ready);
      return;
    }
    this.pages = this.pages.filter((other) => other !== page);
    if (end === 'away') {
      // The click is tracked as the page is left.
      await page.evaluate((events) => { globalThis.onAway = [...events]; }, this.next());
      await Promise.all([page.waitForURL('**/elsewhere'), page.click('#away')]);
    }
    if (end === 'crash') {
      const session = await this.context.newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      session.send('Page.crash').catch(() => undefined);
      await crashed;
    }
    await page.close();
  }
}
