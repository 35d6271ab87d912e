import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command } from 'commander';
import { encodeNpy } from '@serendip/platform-bundles';
import { OnnxGraph } from '@serendip/platform-onnx';
import type { Failure } from './failure.js';
import { modelCommand } from './model-command.js';
import { loginCommand } from './login-command.js';
import { shadowCommand } from './shadow-command.js';
import { splitCommand } from './split-command.js';

interface Asked {
  readonly route: string;
  readonly type: string | undefined;
  readonly body: string;
}

let server: Server;
let url: string;
let asked: Asked[];
let reply: (route: string, n: number) => { readonly status?: number; readonly body: unknown } | 'lost';
let folder: string;
let printed: string;

beforeEach(async () => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'model-command-'));
  process.env['XDG_CONFIG_HOME'] = join(folder, '.config');
  // Where no demo has been started.
  jest.spyOn(process, 'cwd').mockReturnValue(folder);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const route = `${request.method} ${request.url}`;
      asked.push({ route, type: request.headers['content-type'], body: Buffer.concat(chunks).toString('latin1') });
      const answer = reply(route, asked.length);
      if (answer === 'lost') return void request.socket.destroy();
      const { status = 200, body } = answer;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  delete process.env['XDG_CONFIG_HOME'];
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
});

async function run(...args: string[]): Promise<string> {
  printed = '';
  const output = { write: (text: string) => { printed += text; } };
  const command = ({ split: splitCommand, shadow: shadowCommand, login: loginCommand, model: modelCommand } as const)[args[0] as 'model'](output);
  const quiet = { writeOut: output.write, writeErr: output.write };
  for (const each of [command, ...command.commands]) each.configureOutput(quiet);
  await new Command().exitOverride().addCommand(command).parseAsync(args, { from: 'user' });
  return printed;
}

const there = (...args: string[]): Promise<string> => run(...args, '--url', url, '--key', 'sk_test');
const failure = (running: Promise<string>): Promise<Failure> => running.then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);

/** A bundle that passes its checks. */
function writeBundle(scores: readonly number[] = [3]): void {
  const graph = new OnnxGraph('spec');
  graph.output('scores', graph.node('ReduceSum', [graph.input('features', 'float32', ['rows', 2]), graph.integers([1])], { keepdims: 1 }), 'float32', ['rows', 1]);
  writeFileSync(join(folder, 'model.onnx'), graph.build());
  writeFileSync(join(folder, 'feature_means.npy'), encodeNpy({ data: new Float32Array(2), shape: [2] }));
  writeFileSync(join(folder, 'golden.jsonl'), JSON.stringify({ inputs: { features: [[1, 2]] }, outputs: { scores: [scores] } }));
  writeFileSync(join(folder, 'train.py'), 'print(1)');
  writeFileSync(join(folder, 'model.yaml'), [
    'name: spec', 'kind: ranker', 'format: onnx', 'features: [retrieval_score, popularity_7d]', 'heads: [{name: engage, weight: 1}]',
    'signature: {inputs: [{name: features, dtype: float32, shape: [rows, 2]}], outputs: [{name: scores, dtype: float32, shape: [rows, 1]}]}',
  ].join('\n'));
}

const version = (checks: string, more = {}) => ({
  name: 'spec', version: 4, kind: 'ranker', digest: 'abc', createdAt: '2026-11-01T10:00:00.000Z', metrics: { 'ndcg@10': 0.25 }, checks, aliases: ['champion'], description: { owner: 'ann' },
  checkResults: checks === 'pending' ? [] : [{ name: 'golden', outcome: checks, detail: 'Line 1.', figures: { cases: 8 } }], ...more,
});

describe('serendip model', () => {
  it('writes a project with the model\'s name, into a new folder only', async () => {
    const project = join(folder, 'my-ranker');
    expect(await run('model', 'init', project)).toMatch(/train\.py[^]*serendip model push/);
    expect(readFileSync(join(project, 'train.py'), 'utf8')).toContain("NAME = 'my-ranker'");
    expect(JSON.parse(await run('model', 'init', `${project}-2`, '--json'))).toMatchObject({ folder: `${project}-2`, files: expect.arrayContaining(['train.py']) });
    const encoder = join(folder, 'my-encoder');
    expect(await run('model', 'init', encoder, '--kind', 'item-encoder')).toMatch(/inputs\.py[^]*SERENDIP_KEY=sk_… \S+python \S+train\.py\n[^]*serendip model push/);
    expect(readFileSync(join(encoder, 'train.py'), 'utf8')).toContain("NAME = 'my-encoder'");
    expect(await failure(run('model', 'init', project))).toMatchObject({ exitCode: 1, message: expect.stringContaining('FOLDER_NOT_EMPTY') });
    expect(await failure(run('model', 'init', join(folder, 'My Ranker')))).toMatchObject({ message: expect.stringMatching(/NAME_INVALID[^]*--name/) });
  });

  it('checks a folder as a push does, without a gateway', async () => {
    writeBundle();
    expect(await run('model', 'check', folder)).toMatch(/✓ golden[^]*✓ latency[^]*Ready/);
    writeBundle([4]);
    expect(await failure(run('model', 'check', folder, '--json'))).toMatchObject({ exitCode: 1, message: expect.stringContaining('golden') });
    expect(JSON.parse(printed).checks.find(({ name }: { name: string }) => name === 'golden')).toMatchObject({ outcome: 'failed' });
  }, 30_000);

  it('answers rows, and refuses what does not fit', async () => {
    writeBundle();
    expect(await run('model', 'predict', folder)).toBe('{"outputs":{"scores":[[3]]}}\n');
    writeFileSync(join(folder, 'rows.jsonl'), '{"inputs": {"features": [[1, 2], [3, 4]]}}\n{"inputs": {"features": [[0, 0.5]]}}\n');
    expect(await run('model', 'predict', folder, join(folder, 'rows.jsonl'))).toBe('{"outputs":{"scores":[[3],[7]]}}\n{"outputs":{"scores":[[0.5]]}}\n');
    writeFileSync(join(folder, 'rows.jsonl'), '{"inputs": {"features": [[1]]}}');
    expect(await failure(run('model', 'predict', folder, join(folder, 'rows.jsonl')))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/GOLDEN_INVALID[^]*Line 1: .*\[1, 1\], not \[rows, 2\]/) });
    writeFileSync(join(folder, 'rows.jsonl'), '{"inputs": {"features": [[1, 2]]}}\n{"features": [[1, 2]]}');
    expect(await failure(run('model', 'predict', folder, join(folder, 'rows.jsonl')))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/Line 2: inputs: .*a line is \{"inputs": \{"features": nested lists of \[rows, 2\]\}\}/) });
    writeFileSync(join(folder, 'rows.jsonl'), '\n');
    expect(await failure(run('model', 'predict', folder, join(folder, 'rows.jsonl')))).toMatchObject({ exitCode: 1, message: expect.stringContaining('There are no lines') });
    expect(await failure(run('model', 'predict', 'nowhere'))).toMatchObject({ exitCode: 1, message: expect.stringContaining('MODEL_FOLDER_MISSING') });
    expect(await failure(run('model', 'predict', folder, 'nowhere.jsonl'))).toMatchObject({ exitCode: 2 });
  }, 30_000);

  it('pushes the bundle, not the project around it, and waits for the checks', async () => {
    writeBundle();
    const first = [{ status: 201, body: version('pending') }, { status: 404, body: { reason: 'MODEL_UNKNOWN' } }, { status: 503, body: { reason: 'PEER_UNAVAILABLE' } }, { body: version('pending') }];
    reply = (_, n) => first[n - 1] ?? { body: version('passed') };
    expect(await there('model', 'push', folder)).toMatch(/spec@4 is pushed: 4 files[^]*✓ golden +Line 1\.[^]*cases 8[^]*serendip model promote spec@4/);
    expect(asked[0]).toMatchObject({ route: 'POST /v1/models/spec/versions', type: expect.stringMatching(/^multipart\/form-data; boundary=/) });
    expect([...asked[0]!.body.matchAll(/filename="([^"]+)"/g)].map(([, name]) => name)).toEqual(['model.yaml', 'feature_means.npy', 'golden.jsonl', 'model.onnx']);
    expect(asked.slice(1).map(({ route }) => route)).toEqual(Array(4).fill('GET /v1/models/spec/versions/4'));
  });

  it('pushes again, all of it, when the connection is lost or the gateway is away, and not for ever', async () => {
    writeBundle();
    const first = ['lost', { status: 503, body: { reason: 'PEER_UNAVAILABLE' } }, { status: 201, body: version('passed') }] as const;
    reply = (_, n) => first[n - 1] ?? { body: version('passed') };
    expect(await there('model', 'push', folder)).toMatch(/spec@4 is pushed/);
    const pushes = asked.filter(({ route }) => route === 'POST /v1/models/spec/versions');
    const files = pushes.map(({ body, type }) => body.replaceAll(/boundary=(.*)$/.exec(type!)![1]!, ''));
    expect([files.length, new Set(files).size]).toEqual([3, 1]);
    asked = [];
    reply = () => 'lost';
    expect(await failure(there('model', 'push', folder))).toMatchObject({ exitCode: 3, reason: 'GATEWAY_UNREACHABLE' });
    expect(asked).toHaveLength(4);
    asked = [];
    reply = () => ({ status: 500, body: { reason: 'INTERNAL' } });
    expect(await failure(there('model', 'push', folder))).toMatchObject({ exitCode: 1, reason: 'INTERNAL' });
    expect(asked).toHaveLength(1);
  });

  it('says of a version that is worse than the champion how it can be tried, not that it can take over', async () => {
    writeBundle();
    const worse = version('passed');
    reply = (_, n) => ({ status: n === 1 ? 201 : 200, body: { ...worse, checkResults: [...worse.checkResults, { name: 'evaluation', outcome: 'failed', detail: 'Worse.', figures: {} }] } });
    expect(await there('model', 'push', folder)).toMatch(/✗ evaluation +Worse\.\nNext: `serendip split home --arm new=spec@4:10` tries it; .*--force/);
  });

  it('fails when a check has, and says what to do', async () => {
    writeBundle();
    reply = (_, n) => (n === 1 ? { status: 201, body: version('pending') } : { body: version('failed') });
    expect(await failure(there('model', 'push', folder))).toMatchObject({ exitCode: 1, message: expect.stringContaining('push it again') });
    expect(printed).toMatch(/✗ golden +Line 1\./);
  });

  it('takes no links, no code and no folder without model.yaml', async () => {
    reply = () => ({ body: {} });
    expect(await failure(there('model', 'push', folder))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/MODEL_FOLDER_MISSING[^]*serendip model init/) });
    writeBundle();
    symlinkSync('/etc/passwd', join(folder, 'items.txt'));
    expect(await failure(there('model', 'push', folder))).toMatchObject({ message: expect.stringMatching(/'items\.txt' is a link/) });
    rmSync(join(folder, 'items.txt'));
    writeFileSync(join(folder, 'model.pkl'), 'x');
    expect(await failure(run('model', 'check', folder))).toMatchObject({ message: expect.stringMatching(/BUNDLE_CODE_REFUSED[^]*export the model to ONNX/) });
    expect(asked).toEqual([]);
  });

  it('lists, shows and compares versions, by number or alias', async () => {
    reply = (route) => ({ body: route.endsWith('/models') ? { models: [version('passed'), version('failed', { version: 3, aliases: [] })] } : version('passed', route.endsWith('/3') ? { metrics: { 'ndcg@10': 0.2 } } : {}) });
    const lines = (await there('model', 'list')).split('\n');
    expect(lines[1]).toMatch(/^spec@4 +ranker +passed +2026-11-01 10:00 +champion$/);
    expect(lines[2]).toMatch(/^spec@3 +ranker +failed/);
    expect(await there('model', 'show', 'spec@champion')).toMatch(/spec@4[^]*owner +ann[^]*ndcg@10 +0\.25[^]*✓ golden/);
    expect(await there('model', 'diff', 'spec@3', 'spec@4')).toMatch(/ndcg@10 +0\.2 +0\.25/);
    expect(await failure(there('model', 'show', 'spec@nobody'))).toMatchObject({ exitCode: 1, message: expect.stringContaining('serendip model list') });
    expect(await failure(there('model', 'show', 'spec'))).toMatchObject({ exitCode: 2 });
  });

  it('shows how a score is made of heads, and long names in full', async () => {
    reply = () => ({ body: version('passed', { metrics: { 'judged.requests': 467 }, description: { heads: [{ name: 'engage', weight: 1 }, { name: 'value', weight: 0.5 }] } }) });
    expect(await there('model', 'show', 'spec@4')).toMatch(/heads +1 · engage \+ 0\.5 · value\n[^]*judged\.requests +467\n/);
  });

  it('says what two versions differ in, check by check, and which features are of one alone', async () => {
    const check = (name: string, memoryMiB: number) => ({ name, outcome: 'passed', detail: '', figures: { memoryMiB } });
    const digest = (digit: string): string => digit.repeat(64);
    const described = (features: readonly string[]) => ({ features, lineage: { parent: 'spec@2', how: 'int8 weights: 3 matrices' } });
    reply = (route) => ({ body: route.endsWith('/3') ? version('passed', { version: 3, digest: digest('a'), description: described(['a', 'b', 'c']), checkResults: [check('load', 90), check('latency', 110)] })
      : version('passed', { digest: digest('b'), description: described(['c', 'a', 'd']), checkResults: [check('load', 95), check('latency', 110)] }) });
    const text = await there('model', 'diff', 'spec@3', 'spec@4');
    expect(text).toMatch(/digest +a+… {2,}b+…\n/);
    expect(text).toMatch(/load\.memoryMiB +90 +95\n/);
    expect(text).toMatch(/own features +b +d\n/);
    expect(text).not.toMatch(/latency|lineage/);
    expect(await there('model', 'diff', 'spec@4', 'spec@4')).toBe('spec@4 and spec@4 differ in nothing.\n');
    expect(await there('model', 'show', 'spec@4')).toMatch(/lineage +parent spec@2, how int8 weights: 3 matrices\n/);
  });

  it('promotes and rolls back, with force only when told', async () => {
    reply = () => ({ body: { model: 'spec', alias: 'champion', version: 4, previousVersion: 3 } });
    expect(await there('model', 'promote', 'spec@4', '--reason', 'better')).toMatch(/spec@champion is version 4\. It was 3: `serendip model rollback spec` goes back/);
    await there('model', 'promote', 'spec@4', '--alias', 'any', '--force', '--reason', 'an emergency');
    await there('model', 'rollback', 'spec', '--reason', 'worse');
    expect(asked.map(({ route, body }) => [route, JSON.parse(body)])).toEqual([
      ['PUT /v1/models/spec/aliases/champion', { version: 4, reason: 'better', force: false }], ['PUT /v1/models/spec/aliases/any', { version: 4, reason: 'an emergency', force: true }],
      ['POST /v1/models/spec:rollback', { alias: 'champion', reason: 'worse' }],
    ]);
    reply = () => ({ status: 409, body: { reason: 'CHECKS_NOT_PASSED', detail: 'spec@4 has failed its check.' } });
    expect(await failure(there('model', 'promote', 'spec@4'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/CHECKS_NOT_PASSED[^]*has failed[^]*serendip model show/) });
  });
});

describe('serendip model demote', () => {
  it('takes an alias away, and says what the gateway refuses', async () => {
    reply = () => ({ status: 204, body: {} });
    expect(await there('model', 'demote', 'enc', '--reason', 'no use')).toMatch(/enc@champion points at nothing any more: `serendip model promote enc@<version>`/);
    expect(JSON.parse(await there('model', 'demote', 'enc', '--alias', 'any', '--json'))).toEqual({ model: 'enc', alias: 'any' });
    expect(asked.map(({ route }) => route)).toEqual(['DELETE /v1/models/enc/aliases/champion?reason=no+use', 'DELETE /v1/models/enc/aliases/any?reason=']);
    reply = () => ({ status: 409, body: { reason: 'ALIAS_IN_USE', detail: 'spec@champion can\'t be taken away: a ranker\'s champion serves.' } });
    expect(await failure(there('model', 'demote', 'spec'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/ALIAS_IN_USE\n {2}spec@champion can't be taken away/) });
  });
});

describe('serendip split', () => {
  it('sets arms and ends', async () => {
    reply = () => ({ body: {} });
    expect(await there('split', 'home', '--arm', 'new=spec@4:10', '--arm', 'old=spec@champion:2.5')).toBe('home: 10 % new (spec@4), 2.5 % old (spec@champion), the rest as it is.\n');
    expect(await there('split', 'home', '--arm', 'new=spec@4:10', '--retriever', 'new=cf@3:10', '--retriever', 'found=cf@2:5')).toBe('home: 10 % new (cf@3, spec@4), 5 % found (cf@2), the rest as it is.\n');
    await there('split', 'home', '--end');
    expect(asked.map(({ route, body }) => [route, body === '' ? undefined : JSON.parse(body)])).toEqual([
      ['PUT /v1/placements/home/split', { name: 'home-split', arms: [{ name: 'new', ranker: 'spec@4', percent: 10 }, { name: 'old', ranker: 'spec@champion', percent: 2.5 }] }], ['PUT /v1/placements/home/split', { name: 'home-split', arms: [{ name: 'new', ranker: 'spec@4', retriever: 'cf@3', percent: 10 }, { name: 'found', retriever: 'cf@2', percent: 5 }] }], ['DELETE /v1/placements/home/split', undefined],
    ]);
    expect(await failure(there('split', 'home', '--end', '--arm', 'new=spec@4:10'))).toMatchObject({ exitCode: 2 });
    await expect(there('split', 'home', '--arm', 'new=spec@4:101')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    expect(await failure(there('split', 'home', '--arm', 'new=spec@4:10', '--retriever', 'new=cf@3:5'))).toMatchObject({ exitCode: 2 });
    await expect(there('split', 'home', '--arm', 'new=10')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });
});

describe('serendip split without arms', () => {
  it('shows which the placement has', async () => {
    reply = () => ({ body: { name: 'home', split: { name: 'home-split', arms: [{ name: 'new', percent: 10, ranker: 'spec@4' }, { name: 'found', percent: 5, retriever: 'cf@2', ranker: '' }] } } });
    expect(await there('split', 'home')).toBe('home: 10 % new (spec@4), 5 % found (cf@2), the rest as it is.\n');
    expect(JSON.parse(await there('split', 'home', '--json'))).toMatchObject({ name: 'home-split', arms: [{ percent: 10 }, {}] });
    expect(new Set(asked.map(({ route }) => route))).toEqual(new Set(['GET /v1/placements/home']));
    reply = () => ({ body: { name: 'home' } });
    expect(await there('split', 'home')).toBe('home has no split: everybody gets the placement\'s own.\n');
  });

  it('says how one begins where there is none to end', async () => {
    reply = () => ({ status: 404, body: { reason: 'SPLIT_UNKNOWN', detail: 'Placement \'home\' has no split.' } });
    expect(await failure(there('split', 'home', '--end'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/has no split\.\n {2}`serendip split <placement> --arm .*begins one/) });
  });
});

describe('serendip shadow', () => {
  it('sets a version, says how it does, and ends', async () => {
    reply = () => ({ body: { placement: 'home', ranker: 'spec@4', share: 0.1, report: { since: '2026-11-01', answers: 12, overlap: 0.75 } } });
    expect(await there('shadow', 'home', '--ranker', 'spec@4')).toMatch(/home is shadowed by spec@4, 10 % of its answers\.[^]*overlap +0\.75/);
    await there('shadow', 'home');
    await there('shadow', 'home', '--end');
    expect(asked.map(({ route, body }) => [route, body === '' ? undefined : JSON.parse(body)])).toEqual([
      ['PUT /v1/placements/home/shadow', { ranker: 'spec@4', share: 0.1 }], ['GET /v1/placements/home/shadow', undefined], ['DELETE /v1/placements/home/shadow', undefined],
    ]);
    expect(await failure(there('shadow', 'home', '--end', '--ranker', 'spec@4'))).toMatchObject({ exitCode: 2 });
    expect(await failure(there('shadow', 'home', '--share', '0.3'))).toMatchObject({ exitCode: 2, message: expect.stringContaining('serendip shadow home --ranker <model@version> --share 0.3') });
    reply = () => ({ body: { placement: 'home', ranker: 'spec@4', share: 0.1, report: { retriever: '', ranker: 'spec@4' } } });
    expect(await there('shadow', 'home')).toMatch(/retriever +as served\n +ranker +spec@4/);
    reply = () => ({ status: 404, body: { reason: 'SHADOW_UNKNOWN', detail: 'Placement \'home\' has no shadow.' } });
    expect(await failure(there('shadow', 'home'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/has no shadow\.\n {2}`serendip shadow/) });
    reply = () => ({ status: 404, body: { reason: 'PLACEMENT_UNKNOWN', detail: 'There is no placement \'hom\'. Known: home, item.' } });
    expect(await failure(there('shadow', 'hom'))).toMatchObject({ exitCode: 1, message: 'PLACEMENT_UNKNOWN\n  There is no placement \'hom\'. Known: home, item.' });
  });
});

describe('where the gateway is', () => {
  /** A demo as `npm start` leaves it in the folder. */
  const demo = (pid: number): void => {
    mkdirSync(join(folder, '.serendip/demo'), { recursive: true });
    writeFileSync(join(folder, '.serendip/demo/keys.json'), '{"secret": "sk_demo"}');
    writeFileSync(join(folder, '.serendip/demo/stack.json'), JSON.stringify({ pid, gateways: [url] }));
  };

  it('is that of the demo that runs in the folder, on whatever port, and no longer when it has ended', async () => {
    reply = () => ({ body: { models: [] } });
    demo(process.pid);
    expect(await run('model', 'list')).toContain('no models yet');
    demo(2 ** 22 + 1);
    expect(new Command().addCommand(modelCommand()).commands[0]!.commands.find((command) => command.name() === 'list')!.opts()['url']).toBe('http://127.0.0.1:8080');
  });
});

describe('serendip login', () => {
  it('keeps gateway and key for what follows, for their owner only, once the gateway takes them', async () => {
    reply = () => ({ status: 401, body: { reason: 'KEY_INVALID', detail: 'No such key.' } });
    expect(await failure(there('login'))).toMatchObject({ exitCode: 1 });
    const file = join(folder, '.config/serendip/login.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{}', { mode: 0o644 });
    reply = () => ({ body: { models: [] } });
    expect(await there('login')).toContain('takes the key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run('model', 'list')).toContain('no models yet');
    expect(asked).toHaveLength(3);
    await run('login', '--forget');
    expect(await failure(run('model', 'list', '--url', url))).toMatchObject({ exitCode: 2, message: expect.stringContaining('serendip login') });
  });
});
