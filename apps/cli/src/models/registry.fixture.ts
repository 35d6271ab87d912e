import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { encodeNpy, type DescribedModel } from '@serendip/platform-bundles';
import { OnnxGraph } from '@serendip/platform-onnx';
import { encodeTable, type Column } from '@serendip/platform-parquet';

type Files = Readonly<Record<string, Uint8Array>>;

interface Version {
  readonly description: Readonly<Record<string, unknown>>;
  readonly files: Files;
}

/** A gateway that holds versions of models, takes pushes and has checked whatever it is asked for. */
export class FakeRegistry {
  readonly versions = new Map<string, Version>();
  readonly aliases = new Map<string, string>();
  /** How the check against the champion comes out. */
  evaluation: 'passed' | 'failed' = 'passed';
  readonly folder = mkdtempSync(join(tmpdir(), 'registry-'));
  private server: Server | undefined;

  async start(): Promise<void> {
    this.server = createServer(async (request, response) => {
      const { status = 200, body } = await this.answer(request);
      response.writeHead(status).end(body instanceof Uint8Array ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => { this.server!.listen(0, '127.0.0.1', resolve); });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
  }

  add(reference: string, { model, files }: { readonly model: DescribedModel; readonly files: Files }): void {
    const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]));
    this.versions.set(reference, { description: { ...model, files: hashes }, files });
  }

  async close(): Promise<void> {
    await new Promise((resolve) => { this.server!.close(resolve); this.server!.closeAllConnections(); });
    rmSync(this.folder, { recursive: true });
  }

  private async answer(request: IncomingMessage): Promise<{ readonly status?: number; readonly body: unknown }> {
    const { pathname, searchParams } = new URL(request.url!, 'http://gateway');
    if (request.method === 'POST') return { status: 201, body: await this.take(request) };
    if (pathname === '/v1/models') return { body: { models: [...this.versions.keys()].map((reference) => this.shown(reference)) } };
    const [, name, version, file] = /^\/v1\/models\/([^/]+)\/versions\/(\d+)(\/file)?$/.exec(pathname) ?? [];
    const found = this.versions.get(`${name}@${version}`);
    if (found === undefined) return { status: 404, body: { reason: 'MODEL_UNKNOWN' } };
    if (file !== undefined) return { body: found.files[searchParams.get('path')!] };
    return { body: { ...this.shown(`${name}@${version}`), description: found.description, checkResults: [{ name: 'evaluation', outcome: this.evaluation, detail: this.evaluation === 'passed' ? 'As good as the champion.' : 'Worse than the champion.', figures: {} }] } };
  }

  private shown(reference: string): object {
    const [name, version] = reference.split('@');
    return { name, version: Number(version), kind: 'ranker', digest: 'd', createdAt: '2026-11-01T00:00:00Z', metrics: {}, checks: 'passed', aliases: [...this.aliases].filter(([, to]) => to === reference).map(([alias]) => alias) };
  }

  private async take(request: IncomingMessage): Promise<object> {
    const form = await new Response(await buffer(request) as never, { headers: { 'content-type': request.headers['content-type']! } }).formData();
    const files = Object.fromEntries(await Promise.all((form.getAll('file') as File[]).map(async (part) => [part.name, new Uint8Array(await part.arrayBuffer())] as const)));
    const { 'model.yaml': manifest, ...rest } = files;
    const model = JSON.parse(Buffer.from(manifest!).toString()) as DescribedModel;
    const reference = `${model.name}@${this.versions.size + 1}`;
    this.add(reference, { model, files: rest });
    return this.shown(reference);
  }
}

export const FEATURES = ['retrieval_score', 'popularity_7d', 'category_affinity'];

/** A ranker whose one head is `score` of the features, through 16 hidden units, two for each feature (what is above and below 0) and ten that carry nothing. */
export function rankerOf(weights: readonly [number, number, number], { ending = 'Sigmoid' } = {}): { readonly model: DescribedModel; readonly files: Files } {
  const graph = new OnnxGraph('ranker');
  const first = Float32Array.from({ length: 16 * 3 }, (_, i) => (Math.floor(i / 3) < 6 && Math.floor(i / 6) === i % 3 ? (Math.floor(i / 3) % 2 === 0 ? 1 : -1) : 0));
  const second = Float32Array.from({ length: 16 }, (_, unit) => (unit < 6 ? weights[Math.floor(unit / 2)]! * (unit % 2 === 0 ? 1 : -1) : 0));
  const hidden = graph.node('Relu', [graph.node('Gemm', [graph.input('features', 'float32', ['rows', 3]), graph.constant(first, [16, 3]), graph.constant(new Float32Array(16))], { transB: 1 })]);
  graph.output('scores', graph.node(ending, [graph.node('Gemm', [hidden, graph.constant(second, [1, 16]), graph.constant(new Float32Array(1))], { transB: 1 })]), 'float32', ['rows', 1]);
  const row = [0.5, -0.25, 1];
  const logit = row.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  const score = ending === 'Sigmoid' ? 1 / (1 + Math.exp(-logit)) : logit;
  return {
    model: {
      name: 'spec', kind: 'ranker', format: 'onnx', features: [...FEATURES], heads: [{ name: 'engage', weight: 1 }], metrics: { 'ndcg@10': 0.3 }, owner: 'trainer', lineage: { code: 'abc' },
      signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', 3] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] },
    },
    files: {
      'model.onnx': graph.build(), 'feature_means.npy': encodeNpy({ data: Float32Array.of(0.1, 0.2, 0.3), shape: [3] }),
      'golden.jsonl': Buffer.from(`${JSON.stringify({ inputs: { features: [row] }, outputs: { scores: [[score]] } })}\n`),
    },
  };
}

interface ExportedRow {
  readonly slate: number;
  readonly place: number;
  readonly features: readonly (number | undefined)[];
  readonly clicked: boolean;
  readonly propensity: number;
}

const of = (name: string, type: Column<ExportedRow>['type'], value: (row: ExportedRow) => unknown): Column<ExportedRow> => ({ name, type, of: value });
const columns: readonly Column<ExportedRow>[] = [
  of('recommendation_id', 'text', ({ slate }) => `rec${slate}`), of('user_id', 'text', ({ slate }) => `user${slate % 25}`), of('anonymous_id', 'text', () => undefined), of('place', 'int', ({ place }) => place),
  of('propensity', 'float', ({ propensity }) => propensity), of('outcome_click', 'int', ({ clicked }) => (clicked ? 1 : 0)), of('outcome_impression', 'int', () => 1),
  ...FEATURES.map((name, i) => of(`feature_${name}`, 'float', ({ features }) => features[i])),
];

/** An export in which people click on the item with the highest second feature, in two files. */
export function exportSlates(folder: string, { slates = 100, size = 8, propensity = 1 } = {}): string {
  let state = 7;
  const draw = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const rows = Array.from({ length: slates }, (_, slate) => {
    const features = Array.from({ length: size }, () => [draw(), draw(), draw()] as const);
    const best = Math.max(...features.map(([, second]) => second));
    return features.map((each, place): ExportedRow => ({ slate, place, features: [each[0], each[1], place === 0 ? undefined : each[2]], clicked: each[1] === best, propensity }));
  }).flat();
  mkdirSync(join(folder, 'examples'), { recursive: true });
  // A slate may be in two files.
  const middle = Math.floor(rows.length / 2) + 1;
  writeFileSync(join(folder, 'examples/part-00001.parquet'), encodeTable(columns, rows.slice(0, middle)));
  writeFileSync(join(folder, 'examples/part-00002.parquet'), encodeTable(columns, rows.slice(middle)));
  return folder;
}
