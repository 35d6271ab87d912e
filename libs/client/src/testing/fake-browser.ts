import type { Environment } from '../environment.js';
import type { QueuedEvent } from '../event.js';

/** How a request ends: an answer of the server, no connection, an answer that is lost after the server worked, or nothing at all. */
export type Fate = 'ok' | 'unreachable' | 'lost' | 'silent' | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

export interface FakeRequest {
  readonly url: string;
  readonly atMs: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

class FakeStorage implements Storage {
  private readonly entries = new Map<string, string>();
  full = false;

  get length(): number { return this.entries.size; }
  key(i: number): string | null { return [...this.entries.keys()][i] ?? null; }
  getItem(name: string): string | null { return this.entries.get(name) ?? null; }
  setItem(name: string, text: string): void {
    if (this.full) throw new Error('QuotaExceededError');
    this.entries.set(name, text);
  }

  removeItem(name: string): void { this.entries.delete(name); }
  clear(): void { this.entries.clear(); }
}

/** Lets all promises go on that can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 60; i++) await Promise.resolve();
}

/** A browser and the platform behind it: one clock, one storage, any number of tabs. */
export class FakeBrowser {
  nowMs = 1_800_000_000_000;
  readonly storage = new FakeStorage();
  readonly requests: FakeRequest[] = [];
  readonly beacons: string[] = [];
  /** What the platform has, by event id; a repeat changes nothing. */
  readonly stored = new Map<string, QueuedEvent>();
  /** Decides the fate of each request. */
  fate: (request: FakeRequest) => Fate = () => 'ok';
  /** What the platform answers to a request that reaches it. */
  answer: (request: FakeRequest) => unknown = (request) => this.store(request);
  random = 0.5;
  private timers: { readonly atMs: number; readonly call: () => void; readonly tab: number }[] = [];
  private readonly hides = new Map<number, Set<() => void>>();
  private readonly removals = new Map<number, Set<(name: string) => void>>();
  /** The end of the last one in line for each lock. */
  private readonly locks = new Map<string, Promise<unknown>>();
  private readonly closings = new Map<number, () => void>();
  private readonly closed = new Set<number>();
  private tabs = 0;

  /** Opens a tab. */
  tab({ withStorage = true, withBeacon = true } = {}): Environment & { readonly close: () => void } {
    const tab = ++this.tabs;
    this.hides.set(tab, new Set());
    this.removals.set(tab, new Set());
    return {
      storage: withStorage ? this.storageOf(tab) : undefined,
      now: () => this.nowMs,
      random: () => this.random,
      fetch: (url, init) => this.fetch(tab, url, init),
      after: (ms, call) => {
        const timer = { atMs: this.nowMs + ms, call, tab };
        this.timers.push(timer);
        return () => { this.timers = this.timers.filter((other) => other !== timer); };
      },
      exclusive: (name, run) => this.exclusive(tab, name, run),
      beacon: (url, body) => {
        if (withBeacon) this.beacons.push(body);
        if (withBeacon && this.fate(this.requestOf(url, {}, body)) === 'ok') this.store(this.requestOf(url, {}, body));
        return withBeacon;
      },
      onHide: (call) => this.register(this.hides.get(tab)!, call),
      onRemoved: (call) => this.register(this.removals.get(tab)!, call),
      close: () => {
        this.hides.get(tab)?.forEach((call) => call());
        this.kill(tab);
      },
    };
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await settled();
    const end = this.nowMs + ms;
    for (;;) {
      const next = this.timers.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.call();
      await settled();
    }
    this.nowMs = end;
  }

  get pendingTimers(): number { return this.timers.length; }

  private kill(tab: number): void {
    this.closed.add(tab);
    this.timers = this.timers.filter((timer) => timer.tab !== tab);
    this.hides.delete(tab);
    this.removals.delete(tab);
    this.closings.get(tab)?.();
  }

  private register<T>(set: Set<T>, call: T): () => void {
    set.add(call);
    return () => set.delete(call);
  }

  /** The shared storage, whose removals other tabs hear of. */
  private storageOf(tab: number): Storage {
    const { storage } = this;
    return {
      get length() { return storage.length; },
      key: (i) => storage.key(i),
      getItem: (name) => storage.getItem(name),
      setItem: (name, text) => { if (!this.closed.has(tab)) storage.setItem(name, text); },
      removeItem: (name) => {
        if (this.closed.has(tab) || storage.getItem(name) === null) return;
        storage.removeItem(name);
        for (const [other, calls] of this.removals) if (other !== tab) calls.forEach((call) => call(name));
      },
      clear: () => storage.clear(),
    };
  }

  private exclusive<T>(tab: number, name: string, run: () => Promise<T>): Promise<T> {
    const before = this.locks.get(name) ?? Promise.resolve();
    const result = before.then(() => (this.closed.has(tab) ? new Promise<T>(() => undefined) : run()));
    // A tab that closes lets go.
    const isClosed = new Promise<void>((resolve) => {
      const others = this.closings.get(tab);
      this.closings.set(tab, () => { others?.(); resolve(); });
    });
    this.locks.set(name, Promise.race([result, before.then(() => isClosed)]));
    return result;
  }

  private requestOf(url: string, headers: unknown, body: unknown): FakeRequest {
    return { url, atMs: this.nowMs, headers: headers as Record<string, string>, body: JSON.parse(String(body)) as Record<string, unknown> };
  }

  private fetch(tab: number, url: string, { headers, body, signal }: RequestInit): Promise<Response> {
    const request = this.requestOf(url, headers, body);
    this.requests.push(request);
    const fate = this.fate(request);
    if (fate === 'unreachable') return Promise.reject(new TypeError('Failed to fetch'));
    if (fate === 'silent' || this.closed.has(tab)) {
      return new Promise((_, reject) => { signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))); });
    }
    if (typeof fate === 'object') return Promise.resolve(new Response(JSON.stringify(fate.body ?? {}), { status: fate.status, headers: fate.headers ?? {} }));
    const answer = JSON.stringify(this.answer(request));
    return fate === 'lost' ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(new Response(answer, { status: 202 }));
  }

  private store({ body }: FakeRequest): unknown {
    const events = (body.events ?? []) as QueuedEvent[];
    for (const event of events) if (!this.stored.has(event.eventId)) this.stored.set(event.eventId, event);
    return { accepted: events.length, rejected: [], durability: 'disk' };
  }
}
