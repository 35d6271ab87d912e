import { setTimeout as sleep } from 'node:timers/promises';

export interface BestEffortParts<Raw, Entry> {
  /** Makes of what was added what is sent, after the turn of the event loop that added it. */
  readonly prepare: (raw: Raw) => Entry;
  readonly bytesOf: (entry: Entry) => number;
  /** Sends at most 100; what it rejects is dropped. */
  readonly send: (batch: readonly Entry[]) => Promise<unknown>;
  /** Told of everything that is dropped: with the error of `send` or `prepare`, or without one where there was no room. */
  readonly dropped: (count: number, error?: unknown) => void;
}

export interface BestEffortBounds {
  readonly entries: number;
  /** Of all prepared entries together. */
  readonly bytes: number;
}

const defaultBounds: BestEffortBounds = { entries: 2_000, bytes: 8 * 1024 * 1024 };
const AT_ONCE = 100;
const GATHER_MS = 100;
const CLOSE_MS = 1_000;

/** What is sent behind an answer that must not wait for it: bounded in number and bytes, each entry sent once or dropped. */
export class BestEffortQueue<Raw, Entry> {
  private raws: Raw[] = [];
  private entries: Entry[] = [];
  private bytes = 0;
  /** Entries that `send` has not settled. */
  private sending = 0;
  private preparing: NodeJS.Immediate | undefined;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly parts: BestEffortParts<Raw, Entry>, private readonly bounds = defaultBounds) {}

  /** Takes what fits; never throws, never waits. */
  add(raws: readonly Raw[]): void {
    const room = this.closed ? 0 : Math.max(0, this.bounds.entries - this.raws.length - this.entries.length - this.sending);
    if (raws.length > room) this.parts.dropped(raws.length - room);
    if (Math.min(raws.length, room) === 0) return;
    this.raws.push(...raws.slice(0, room));
    this.preparing ??= setImmediate(() => this.prepareAll());
  }

  /** Sends what waits, for a second at most. */
  async close(): Promise<void> {
    this.closed = true;
    this.prepareAll();
    await Promise.race([this.running, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  private prepareAll(): void {
    clearImmediate(this.preparing);
    this.preparing = undefined;
    for (const raw of this.raws.splice(0)) this.prepareOne(raw);
    if (this.entries.length > 0) this.running ??= this.sendAll().finally(() => { this.running = undefined; });
  }

  private prepareOne(raw: Raw): void {
    const { prepare, bytesOf, dropped } = this.parts;
    try {
      const entry = prepare(raw);
      const bytes = bytesOf(entry);
      if (this.bytes + bytes > this.bounds.bytes) return dropped(1);
      this.bytes += bytes;
      this.entries.push(entry);
    } catch (error) {
      dropped(1, error);
    }
  }

  private async sendAll(): Promise<void> {
    while (this.entries.length > 0) {
      if (!this.closed && this.entries.length < AT_ONCE) await sleep(GATHER_MS, undefined, { ref: false });
      const batch = this.entries.splice(0, AT_ONCE);
      this.sending = batch.length;
      try {
        await this.parts.send(batch);
      } catch (error) {
        this.parts.dropped(batch.length, error);
      }
      this.sending = 0;
      this.bytes -= batch.reduce((sum, entry) => sum + this.parts.bytesOf(entry), 0);
    }
  }
}
