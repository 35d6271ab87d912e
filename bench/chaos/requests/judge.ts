/** Says what is wrong with an answer to a malformed or hostile request. Imports nothing of Serendip's. */
import type { Attempt } from './attempts.ts';
import { SILENCE, type Exchange, type TimedReply } from './wire.ts';

export const FAULTS = ['serverErrors', 'notProblemJson', 'accepted', 'unanswered', 'slow', 'internals'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Finding {
  readonly fault: Fault;
  readonly what: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** Answered 501 where the document says so. */
  readonly isPromise: boolean;
  readonly slowestMs: number;
}

const SLOW_MS = 1000;
/** What nobody outside needs to know: stacks, paths, addresses, names of what it is made with. */
const INTERNALS = /\bat \S+ \(|\.[jt]s:\d+|node_modules|file:\/\/|\/dist\/|127\.0\.0\.1|localhost|\b(Zod|Fastify|FST_|grpc|protobuf|lmdb|postgres)/i;

/** What RFC 9457 and the API promise of a problem. */
const MEMBERS: Readonly<Record<string, (value: unknown, reply: TimedReply) => boolean>> = {
  type: (value) => typeof value === 'string' && URL.canParse(value),
  title: (value) => typeof value === 'string' && value !== '',
  status: (value, { status }) => value === status,
  detail: (value) => typeof value === 'string' && value !== '',
  instance: (value) => typeof value === 'string' && value.startsWith('/'),
  reason: (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value),
  traceId: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value),
};

function jsonOf({ body }: TimedReply): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** What keeps a reply from being a problem as promised; undefined when it is one. */
function faultOfProblem(reply: TimedReply, isBodiless: boolean): string | undefined {
  if (!/^application\/problem\+json\b/.test(reply.headers.get('content-type') ?? '')) return `content-type ${reply.headers.get('content-type')}`;
  if (isBodiless) return undefined;
  const problem = jsonOf(reply) as Readonly<Record<string, unknown>> | undefined;
  if (typeof problem !== 'object' || problem === null) return 'no JSON';
  const wrong = Object.entries(MEMBERS).find(([name, isRight]) => !isRight(problem[name], reply));
  return wrong === undefined ? undefined : `${wrong[0]}: ${JSON.stringify(problem[wrong[0]])}`;
}

/** Entries that an answer of many refuses by themselves. */
function refusedEntries(answer: unknown): readonly { readonly status?: number }[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const { rejected, batchRejected, results } = answer as Readonly<Record<string, unknown>>;
  const failed = Array.isArray(results) ? (results as { status?: number }[]).filter(({ status = 200 }) => status >= 400) : [];
  return [...(Array.isArray(rejected) ? rejected : []), ...(Array.isArray(batchRejected) ? batchRejected : []), ...failed];
}

function findingsOf(attempt: Attempt, reply: TimedReply, isPromise: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const found = (fault: Fault, what: string): void => { findings.push({ fault, what }); };
  const { status } = reply;
  const answer = status < 400 ? jsonOf(reply) : undefined;
  const entries = refusedEntries(answer);
  if (status >= 500 && !isPromise) found('serverErrors', `status ${status}`);
  if (entries.some((entry) => (entry.status ?? 0) >= 500)) found('serverErrors', 'an entry of the batch');
  if (status >= 400) {
    const fault = faultOfProblem(reply, attempt.bodiless === true);
    if (fault !== undefined) found('notProblemJson', fault);
    if (INTERNALS.test(reply.body.toString().replaceAll(/"instance":"[^"]*"/g, ''))) found('internals', 'internals are told');
  } else if (attempt.malformed && entries.length === 0) {
    found('accepted', `status ${status}`);
  }
  return findings;
}

export function judge(attempt: Attempt, { replies, failure }: Exchange, promised: ReadonlySet<string>): Judgement {
  const isPromise = (reply: TimedReply): boolean => reply.status === 501 && promised.has(attempt.operation) && (attempt.bodiless === true || (jsonOf(reply) as { reason?: unknown } | undefined)?.reason === 'NOT_AVAILABLE_YET');
  const slowestMs = Math.max(0, ...replies.map(({ tookMs }) => tookMs));
  const findings = replies.flatMap((reply) => findingsOf(attempt, reply, isPromise(reply)));
  if (failure !== undefined) findings.push({ fault: 'unanswered', what: failure });
  if (slowestMs > SLOW_MS || failure === SILENCE) findings.push({ fault: 'slow', what: `${Math.round(slowestMs)} ms` });
  return { findings, isPromise: replies.some(isPromise), slowestMs };
}
