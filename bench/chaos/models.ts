/** Pushes bundles that are hostile or broken while a stack serves, and counts what came of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRuntimes } from '@serendip/platform-runtimes';
import { note, show } from '../shared/show.ts';
import { StackProcess, restartsOf, type StackState } from '../shared/stack-process.ts';
import { MODEL, bundle, manifest, type Files } from './models/good-bundle.ts';
import { HOSTILE, type Hostile } from './models/hostile-bundles.ts';
import { HOSTILE_ENCODERS } from './models/hostile-encoders.ts';
import { HOSTILE_RUNNING, HOSTILE_TENSORFLOW } from './models/hostile-tensorflow.ts';

const CHECKED_MS = 120_000;
const ITEMS = 200;
const BOUNDARY = 'a-part-of-a-model';

interface Answer {
  readonly status: number;
  readonly json: { readonly [key: string]: unknown };
}

interface Version {
  readonly name: string;
  readonly version: number;
  readonly checks: string;
  readonly checkResults: readonly { readonly name: string; readonly outcome: string; readonly detail: string }[];
}

/** Filenames go out as they are: FormData would mend some of them. */
function multipart(files: Files, as: Readonly<Record<string, string>> = {}): Buffer {
  const parts = Object.entries(files).map(([name, content]) => Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${as[name] ?? name}"\r\ncontent-type: application/octet-stream\r\n\r\n`), Buffer.from(content as Uint8Array), Buffer.from('\r\n'),
  ]));
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

class Api {
  private readonly state: StackState;

  constructor(state: StackState) {
    this.state = state;
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const isUpload = Buffer.isBuffer(body);
    const type = isUpload ? `multipart/form-data; boundary=${BOUNDARY}` : 'application/json';
    const response = await fetch(this.state.gateways[0] + path, {
      method, headers: { authorization: `Bearer ${this.state.keys.secret}`, ...(body === undefined ? {} : { 'content-type': type }) }, signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: isUpload ? Uint8Array.from(body) : JSON.stringify(body) }),
    });
    const content = await response.text();
    return { status: response.status, json: content === '' ? {} : JSON.parse(content) as Answer['json'] };
  }

  push(name: string, body: Buffer): Promise<Answer> {
    return this.call('POST', `/v1/models/${name}/versions`, body);
  }

  async checked(name: string, version: number): Promise<Version> {
    for (const deadline = Date.now() + CHECKED_MS; Date.now() < deadline; await sleep(50)) {
      const { status, json } = await this.call('GET', `/v1/models/${name}/versions/${version}`);
      if (status === 200 && json['checks'] !== 'pending') return json as unknown as Version;
    }
    throw new Error(`The checks of ${name}@${version} did not end.`);
  }
}

/** Asks for lists without a pause until it is told to stop; every one must be ranked by the good model. */
async function serveOn(api: Api, isOver: () => boolean): Promise<{ served: number; disturbed: number }> {
  const count = { served: 0, disturbed: 0 };
  for (let n = 0; !isOver(); n++) {
    const { status, json } = await api.call('POST', '/v1/recommendations', { placement: 'home', userId: `user-${n % 50}`, limit: 10 }).catch((): Answer => ({ status: 0, json: {} }));
    const isRanked = (json['models'] as { ranker?: string } | undefined)?.ranker === 'ranker@1' && (json['items'] as unknown[]).length === 10 && (json['degraded'] as unknown[]).length === 0;
    count.served++;
    if (status !== 200 || !isRanked) {
      count.disturbed++;
      note(`DISTURBED  a list was answered ${status} by ${JSON.stringify(json['models'])}, degraded ${JSON.stringify(json['degraded'])} ${String(json['reason'] ?? '')}`);
    }
    await sleep(20);
  }
  return count;
}

/** A catalogue, and the good bundle as champion. */
async function prepare(api: Api): Promise<void> {
  await api.call('POST', '/v1/items:batch', { items: Array.from({ length: ITEMS }, (_, i) => ({ id: `item-${i}`, title: `Item ${i}`, categories: [`c${i % 7}`] })) });
  const pushed = await api.push('ranker', multipart(bundle({ 'model.yaml': manifest({ name: 'ranker' }) })));
  if (pushed.status !== 201) throw new Error(`The good bundle is not taken: ${JSON.stringify(pushed.json)}`);
  const good = await api.checked('ranker', pushed.json['version'] as number);
  if (good.checks !== 'passed') throw new Error(`The good bundle does not pass: ${JSON.stringify(good)}`);
  await api.call('PUT', '/v1/models/ranker/aliases/champion', { version: good.version });
  for (;; await sleep(50)) {
    const { json } = await api.call('POST', '/v1/recommendations', { placement: 'home', userId: 'first', limit: 10 });
    if ((json['models'] as { ranker?: string }).ranker !== undefined && (json['items'] as unknown[]).length === 10 && (json['degraded'] as unknown[]).length === 0) return;
  }
}

interface Verdict {
  readonly refused: boolean;
  readonly reason: string;
  readonly isPromoted: boolean;
  readonly isServerError: boolean;
}

async function judge(api: Api, { files, as, isCut }: Hostile): Promise<Verdict> {
  const whole = multipart(files, as);
  const named = /^name: (\S+)/m.exec(String(files['model.yaml'] ?? ''))?.[1];
  // A name has one kind.
  const name = [`${MODEL}-retriever`, `${MODEL}-encoder`].find((other) => other === named) ?? MODEL;
  const { status, json } = await api.push(name, isCut === true ? whole.subarray(0, whole.length / 2) : whole);
  if (status !== 201) return { refused: status >= 400 && status < 500, reason: `${String(json['reason'])}: ${String(json['detail'])}`, isPromoted: false, isServerError: status >= 500 };
  const version = json['version'] as number;
  const { checks, checkResults } = await api.checked(name, version);
  const promotion = await api.call('PUT', `/v1/models/${name}/aliases/champion`, { version });
  const failed = checkResults.find(({ outcome }) => outcome === 'failed');
  return { refused: checks === 'failed', reason: failed === undefined ? 'every check passed' : `${failed.name}: ${failed.detail}`, isPromoted: promotion.status === 200, isServerError: promotion.status >= 500 };
}

await show({
  name: 'models',
  help: 'Pushes bundles that are hostile or broken (paths, code, archives, lies, loops, gigantic tensors, bits flipped) while lists are served. Each must be refused for its own\nreason, none may be promoted, and nothing else may notice.',
  options: { short: { type: 'boolean', help: 'leave out those that must first reach a limit of time or memory' } },
  async run({ flags }) {
    const [tfjs] = await checkRuntimes(['tfjs-wasm']);
    if (!tfjs!.available) note(`${HOSTILE_RUNNING.length} TensorFlow models that must run to be refused are left out: ${tfjs!.reason}. It ${tfjs!.advice}.`);
    const hostile = [...HOSTILE, ...HOSTILE_ENCODERS, ...HOSTILE_TENSORFLOW, ...(tfjs!.available ? HOSTILE_RUNNING : [])].filter(({ isSlow }) => flags['short'] !== true || isSlow !== true);
    const stack = new StackProcess({ args: ['--no-demo', '--traffic', '0'] });
    try {
      const api = new Api(await stack.start());
      await prepare(api);
      note(`the stack serves with a good model; ${hostile.length} others are pushed`);
      const counts = { bundles: hostile.length, refused: 0, accepted: 0, otherReason: 0, promoted: 0, serverErrors: 0 };
      let isOver = false;
      const serving = serveOn(api, () => isOver);
      for (const each of hostile) {
        const { refused, reason, isPromoted, isServerError } = await judge(api, each);
        if (refused) counts.refused++;
        else counts.accepted++;
        if (!each.because.test(reason)) counts.otherReason++;
        if (isPromoted) counts.promoted++;
        if (isServerError) counts.serverErrors++;
        note(`${refused ? 'refused ' : 'ACCEPTED'}  ${each.name}: ${reason.replaceAll('\n', ' ').slice(0, 180)}${each.because.test(reason) ? '' : `  NOT ${String(each.because)}`}`);
      }
      isOver = true;
      const { served, disturbed } = await serving;
      const crashes = restartsOf(stack.state()!);
      return {
        figures: { ...counts, crashes, served, disturbed },
        targets: {
          bundles: { atLeast: 40 }, refused: { equals: hostile.length }, accepted: { equals: 0 }, otherReason: { equals: 0 }, promoted: { equals: 0 }, serverErrors: { equals: 0 }, crashes: { equals: 0 }, disturbed: { equals: 0 },
        },
      };
    } finally {
      await stack.dispose();
    }
  },
});
