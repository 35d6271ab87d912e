/** What the client needs of a browser. Tests pass their own. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Epoch milliseconds. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Undefined where there is none or it may not be used: then nothing survives the page. */
  readonly storage: Storage | undefined;
  /** Calls once after some milliseconds; answers how to call it off. */
  after(ms: number, call: () => void): () => void;
  /** Runs while no other tab of this origin runs the same; where the browser gives no locks it just runs. */
  exclusive<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Whether the browser took the body to send it even when the page is gone. */
  beacon(url: string, body: string): boolean;
  /** Calls when the page is hidden, which may be the last that it hears; answers how to stop. */
  onHide(call: () => void): () => void;
  /** Calls when another tab removed an entry of the storage. */
  onRemoved(call: (name: string) => void): () => void;
}

function listen(target: EventTarget | undefined, type: string, call: (event: never) => void): () => void {
  target?.addEventListener(type, call as EventListener);
  return () => target?.removeEventListener(type, call as EventListener);
}

/** The page's storage; reading it throws where the user forbids it. */
function pageStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** This page, or a server that renders it: there, nothing is kept and nothing is heard. */
export function browser(): Environment {
  const page = globalThis.document as Document | undefined;
  const target = page === undefined ? undefined : globalThis;
  return {
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    random: () => Math.random(),
    storage: page === undefined ? undefined : pageStorage(),
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    exclusive: (name, run) => (page !== undefined && navigator.locks ? (navigator.locks.request(name, run) as ReturnType<typeof run>).catch(run) : run()),
    beacon: (url, body) => navigator.sendBeacon(url, body),
    onHide(call) {
      const stops = [listen(target, 'pagehide', call), listen(page, 'visibilitychange', () => { if (page?.visibilityState === 'hidden') call(); })];
      return () => stops.forEach((stop) => stop());
    },
    onRemoved: (call) => listen(target, 'storage', ({ key, newValue }: StorageEvent) => { if (key !== null && newValue === null) call(key); }),
  };
}
