import { retryAfterOf } from './backoff.js';
import type { Environment } from './environment.js';
import { SerendipError, type Rejected } from './serendip-error.js';

export interface Post {
  readonly path: string;
  readonly body: unknown;
  readonly timeoutMs: number;
  /** Ask a second gateway after this silence, or at once when the first fails; never if left out. */
  readonly secondAfterMs?: number;
  /** Sends what a browser sends without asking first (CORS), the key in the address. Only for events. */
  readonly simple?: boolean;
}

/** The gateways of an application. The one that answered last is asked first. */
export interface Gateways {
  /** Resolves with the answer, rejects with a SerendipError. */
  post(post: Post): Promise<unknown>;
  /** Where a beacon with events goes. */
  eventsUrl(): string;
  /** Ends everything under way. */
  abort(): void;
}

/** Statuses that another gateway, or this one a little later, may answer otherwise. */
export const mayPass = ({ status }: SerendipError): boolean => status === 0 || status === 408 || status === 429 || status >= 500;

export function connect(urls: readonly string[], { key, env }: { readonly key: string; readonly env: Environment }): Gateways {
  const underWay = new Set<() => void>();
  let best = 0;

  const eventsUrl = (which = best): string => `${urls[which]}/v1/events?key=${encodeURIComponent(key)}`;

  async function ask(which: number, { path, body, simple }: Post, signal: AbortSignal): Promise<unknown> {
    const response = await env.fetch(simple ? eventsUrl(which) : urls[which] + path, {
      method: 'POST', signal, body: JSON.stringify(body),
      headers: simple ? { 'content-type': 'text/plain' } : { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    });
    const answer = await response.json().catch(() => undefined) as { reason?: string; detail?: string; rejected?: Rejected } | undefined;
    if (!response.ok) {
      throw new SerendipError(answer?.reason ?? 'HTTP', answer?.detail ?? `Status ${response.status}`, response.status, retryAfterOf(response.headers.get('retry-after'), env.now()), answer?.rejected);
    }
    if (typeof answer !== 'object' || answer === null) throw new SerendipError('ANSWER_INVALID', 'The answer is no JSON.');
    return answer;
  }

  const post = (request: Post): Promise<unknown> => new Promise((resolve, reject) => {
    const abort = new AbortController();
    const most = request.secondAfterMs === undefined ? 1 : Math.min(2, urls.length);
    let asked = 0;
    let failed = 0;
    const end = (settle: () => void) => (): void => {
      timers.forEach((stop) => stop());
      underWay.delete(stop);
      settle();
      abort.abort();
    };
    const refuse = (error: SerendipError): void => end(() => reject(error))();
    const next = (): void => {
      if (asked === most) return;
      const which = (best + asked++) % urls.length;
      ask(which, request, abort.signal).then(
        (answer) => end(() => { best = which; resolve(answer); })(),
        (cause: unknown) => {
          if (abort.signal.aborted) return;
          const error = cause instanceof SerendipError ? cause : new SerendipError('NETWORK', String(cause));
          failed++;
          if (!mayPass(error)) refuse(error);
          else if (asked < most) next();
          else if (failed === asked) {
            // Whoever asks next begins with another one.
            best = (which + 1) % urls.length;
            refuse(error);
          }
        },
      );
    };
    const timers = [
      env.after(request.timeoutMs, () => {
        best = (best + 1) % urls.length;
        refuse(new SerendipError('TIMEOUT', `No answer in ${request.timeoutMs} ms.`));
      }),
      ...(most > 1 ? [env.after(request.secondAfterMs!, next)] : []),
    ];
    const stop = end(() => reject(new SerendipError('NO_CONSENT', 'Consent was withdrawn.')));
    underWay.add(stop);
    next();
  });

  return { post, eventsUrl: () => eventsUrl(), abort: () => underWay.forEach((stop) => stop()) };
}
