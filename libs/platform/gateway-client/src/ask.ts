import { request, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';

export interface Asking {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the encoded form of an upload. */
  readonly body: string | Response | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** How one try ended. */
export interface Outcome {
  /** 0 for no answer; its body is a problem then too. */
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

/** One request on a connection that is kept for the next one. Never rejects. */
export async function ask(url: string, { method, headers, body, timeoutMs, signal }: Asking): Promise<Outcome> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await responseTo(url, { method, headers, signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) }, body);
    const answer = parse(await text(response));
    const retryAfter = Number(response.headers['retry-after']);
    return { status: response.statusCode ?? 0, body: answer, ...(Number.isNaN(retryAfter) ? {} : { retryAfterMs: 1_000 * retryAfter }) };
  } catch (error) {
    return { status: 0, body: { reason: 'GATEWAY_UNREACHABLE', detail: timeout.aborted ? `no answer in ${timeoutMs / 1_000} s` : causeOf(error) } };
  }
}

function responseTo(url: string, options: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal }, body: string | Response | undefined): Promise<IncomingMessage> {
  const send = url.startsWith('https:') ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const asked = send(url, options, resolve).on('error', reject);
    if (body instanceof Response) Readable.fromWeb(body.body as ReadableStream).on('error', reject).pipe(asked);
    else asked.end(body);
  });
}

function parse(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return { detail: body.slice(0, 200) };
  }
}

/** A name with several addresses fails with a code only. */
function causeOf(error: unknown): string {
  const { message, code } = error as Error & { readonly code?: string };
  return message || code || 'no answer';
}
