import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEAD_BYTES, decodeNpy, readBundle, refuseCode, type NpyArray, type OpenBundle, type StoredBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { isDomainError } from '@serendip/shared-errors';
import { CHECKS, CheckFailed, CheckSkipped, type Check, type CheckName, type Passed } from './check.js';
import { checkGolden, checkLatency, checkOutputs } from './check-outputs.js';
import { checkSignature } from './check-signature.js';
import { PRICES, type Prices } from './cost.js';
import { GOLDEN, readGolden, type GoldenCase } from './golden.js';
import { ISOLATION, IsolatedModel, type IsolationLimits } from './isolated/isolated-model.js';
import type { GraphSignature } from './isolated/messages.js';
import { MEANS, MODEL_FILE, checkManifest } from './requirements.js';
import { scanOnnx } from './safety/scan-onnx.js';

export interface CheckOptions {
  readonly prices?: Prices;
  readonly limits?: IsolationLimits;
  /** Told of each check as it begins, and of what came of it. */
  readonly onBegin?: (name: CheckName) => void;
  readonly onCheck?: (check: Check) => void;
  /** Loads a bundle of format `table` as the service that serves it does; rejects when it can't be used. Without it that check is skipped. */
  readonly loadTable?: (stored: StoredBundle) => Promise<unknown>;
  /**
   * Holds it against the champion; without it that check is skipped. `model` is the process that it runs in, undefined for a table. Throws CheckFailed or
   * CheckSkipped.
   */
  readonly evaluate?: (bundle: OpenBundle, model: IsolatedModel | undefined) => Promise<Passed>;
}

type Steps = Readonly<Record<CheckName, () => Promise<Passed> | Passed>>;

/** Makes every check of a bundle, in order; one that fails leaves out those behind it. Rejects with UNAVAILABLE only, while the object store is away. */
export async function checkBundle(objects: ObjectStore, stored: StoredBundle, options: CheckOptions = {}): Promise<readonly Check[]> {
  const { onBegin, onCheck } = options;
  await using run = new CheckRun(objects, stored, options);
  const checks: Check[] = [];
  for (const name of CHECKS) {
    const broken = checks.find(({ outcome }) => outcome === 'failed');
    if (broken === undefined) onBegin?.(name);
    const check: Check = broken === undefined ? await outcomeOf(name, run.steps[name]) : { name, outcome: 'skipped', detail: `Not looked at, because ${broken.name} failed.`, figures: {} };
    checks.push(check);
    onCheck?.(check);
  }
  return checks;
}

async function outcomeOf(name: CheckName, step: Steps[CheckName]): Promise<Check> {
  try {
    const { detail, figures = {} } = await step();
    return { name, outcome: 'passed', detail, figures };
  } catch (error) {
    if (isDomainError(error) && error.code === 'UNAVAILABLE') throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return { name, outcome: error instanceof CheckSkipped ? 'skipped' : 'failed', detail, figures: error instanceof CheckFailed ? error.figures : {} };
  }
}

function arrayOf(name: string, bytes: Uint8Array): NpyArray {
  try {
    return decodeNpy(bytes);
  } catch (error) {
    throw new CheckFailed(`${name}: ${(error as Error).message}`);
  }
}

const needsOnnx = (): never => { throw new CheckSkipped('A table has no graph: the service that serves it checks it while it loads.'); };

/** One bundle under check, with the process that its model runs in. */
class CheckRun {
  private folder: string | undefined;
  private model: IsolatedModel | undefined;
  private graph: GraphSignature | undefined;
  private cases: readonly GoldenCase[] = [];
  private bundle: OpenBundle | undefined;

  readonly steps: Steps = {
    manifest: async () => {
      this.bundle = await readBundle(this.objects, this.stored.bundle, this.stored.digest);
      return checkManifest(this.bundle.manifest, Object.keys(this.bundle.manifest.files));
    },
    safety: () => this.safety(),
    load: () => (this.isOnnx ? this.loadGraph() : this.loadTable()),
    signature: () => (this.isOnnx ? checkSignature(this.signature, this.graph!) : needsOnnx()),
    golden: async () => {
      if (!this.isOnnx) return needsOnnx();
      this.cases = readGolden(await this.bundle!.file(GOLDEN), this.signature);
      return checkGolden(this.model!, this.cases);
    },
    outputs: () => (this.isOnnx ? checkOutputs(this.model!, this.cases[0]!) : needsOnnx()),
    latency: () => (this.isOnnx ? checkLatency(this.model!, this.cases[0]!, { kind: this.bundle!.manifest.kind, prices: this.options.prices ?? PRICES }) : needsOnnx()),
    evaluation: () => {
      if (this.options.evaluate === undefined) throw new CheckSkipped('There is nothing here to hold it against.');
      return this.options.evaluate(this.bundle!, this.model);
    },
  };

  constructor(private readonly objects: ObjectStore, private readonly stored: StoredBundle, private readonly options: CheckOptions) {}

  private get isOnnx(): boolean {
    return this.bundle!.manifest.format === 'onnx';
  }

  private get signature() {
    return this.bundle!.manifest.signature!;
  }

  private async safety(): Promise<Passed> {
    const { files, features = [] } = this.bundle!.manifest;
    const faults: string[] = [];
    let figures: Readonly<Record<string, number>> = {};
    for (const name of Object.keys(files)) {
      const bytes = await this.bundle!.file(name);
      refuseCode(name, bytes.subarray(0, HEAD_BYTES));
      if (name.endsWith('.onnx')) {
        const scan = scanOnnx(name, bytes);
        faults.push(...scan.faults);
        figures = scan.figures;
      }
      if (name.endsWith('.npy')) {
        const { data, shape } = arrayOf(name, bytes);
        if (!data.every((value) => Number.isFinite(value))) faults.push(`${name} has values that are not finite.`);
        if (name === MEANS && shape.join() !== String(features.length)) faults.push(`${name} has the shape [${shape.join(', ')}], not [${features.length}]: one mean a feature.`);
      }
    }
    if (faults.length > 0) throw new CheckFailed(faults.join(' '), figures);
    return { detail: 'No code, no other files named, only known operators.', figures };
  }

  private async loadGraph(): Promise<Passed> {
    this.folder = await mkdtemp(join(tmpdir(), 'serendip-model-'));
    const file = join(this.folder, MODEL_FILE);
    await writeFile(file, await this.bundle!.file(MODEL_FILE));
    this.model = new IsolatedModel(this.options.limits ?? ISOLATION);
    const started = performance.now();
    this.graph = await this.model.load(file);
    return { detail: 'Loaded in a process of its own.', figures: { seconds: (performance.now() - started) / 1000, memoryMiB: this.model.peakBytes / 2 ** 20 } };
  }

  private async loadTable(): Promise<Passed> {
    if (this.options.loadTable === undefined) throw new CheckSkipped('Nothing here can load a table.');
    const started = performance.now();
    await this.options.loadTable(this.stored);
    return { detail: 'Loaded as the service that serves it does.', figures: { seconds: (performance.now() - started) / 1000 } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.model?.close();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }
}
