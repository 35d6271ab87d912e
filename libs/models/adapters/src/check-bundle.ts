import { PRICES, type Prices } from '@serendip/platform-config/prices';
import { HEAD_BYTES, decodeNpy, readBundle, refuseCode, type NpyArray, type OpenBundle, type StoredBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { GRAPH_FILE, SAVED_MODEL_FILE } from '@serendip/platform-runtimes';
import { isDomainError } from '@serendip/shared-errors';
import { CHECKS, CheckFailed, CheckSkipped, type Check, type CheckName, type Passed } from './check.js';
import { checkGolden, checkLatency, checkOutputs } from './check-outputs.js';
import { checkItemInputs } from './check-item-inputs.js';
import { checkSignature } from './check-signature.js';
import { GOLDEN, readGolden, type GoldenCase } from './golden.js';
import { ISOLATION, type IsolatedModel, type IsolationLimits } from './isolated/isolated-model.js';
import { OpenedModels } from './opened-models.js';
import { MEANS, checkManifest } from './requirements.js';
import { scanGraphModel } from './safety/scan-graph-model.js';
import type { Scan } from './safety/scan.js';
import { scanOnnx } from './safety/scan-onnx.js';
import { scanSavedModel } from './safety/scan-saved-model.js';

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

const needsGraph = (): never => { throw new CheckSkipped('A table has no graph: the service that serves it checks it while it loads.'); };

/** One bundle under check, with what its model runs in. */
class CheckRun {
  private models: OpenedModels | undefined;
  private cases: readonly GoldenCase[] = [];
  private bundle: OpenBundle | undefined;

  readonly steps: Steps = {
    manifest: async () => {
      this.bundle = await readBundle(this.objects, this.stored.bundle, this.stored.digest);
      return checkManifest(this.bundle.manifest, Object.keys(this.bundle.manifest.files));
    },
    safety: () => this.safety(),
    load: () => (this.isGraph ? this.loadGraph() : this.loadTable()),
    signature: () => (this.isGraph ? this.models!.each(async ({ graph }) => checkSignature(this.signature, graph)) : needsGraph()),
    golden: async () => {
      if (!this.isGraph) return needsGraph();
      this.cases = readGolden(await this.bundle!.file(GOLDEN), this.signature);
      const rows = this.bundle!.manifest.kind === 'item-encoder' ? checkItemInputs(this.bundle!.manifest.features!, this.cases) : undefined;
      const { detail, figures } = await this.models!.each(({ model }) => checkGolden(model, this.cases));
      return { detail: rows === undefined ? detail : `${detail} ${rows.detail}`, figures: { ...figures, ...rows?.figures } };
    },
    outputs: () => (this.isGraph ? this.models!.each(({ model }) => checkOutputs(model, this.cases[0]!)) : needsGraph()),
    latency: () => (this.isGraph ? this.models!.each(({ model }) => checkLatency(model, this.cases[0]!, { kind: this.bundle!.manifest.kind, prices: this.options.prices ?? PRICES })) : needsGraph()),
    evaluation: () => {
      if (this.options.evaluate === undefined) throw new CheckSkipped('There is nothing here to hold it against.');
      return this.options.evaluate(this.bundle!, this.models?.first);
    },
  };

  constructor(private readonly objects: ObjectStore, private readonly stored: StoredBundle, private readonly options: CheckOptions) {}

  private get isGraph(): boolean {
    return this.bundle!.manifest.format !== 'table';
  }

  private get signature() {
    return this.bundle!.manifest.signature!;
  }

  private async safety(): Promise<Passed> {
    const { files, features = [], format } = this.bundle!.manifest;
    const faults: string[] = [];
    let figures: Readonly<Record<string, number>> = {};
    const sizes: Record<string, number> = {};
    const scans: Record<string, (bytes: Uint8Array) => Scan> = {
      [SAVED_MODEL_FILE]: (bytes) => scanSavedModel(SAVED_MODEL_FILE, bytes),
      // Held against its weights, so when all sizes are known.
      [GRAPH_FILE]: (bytes) => scanGraphModel(GRAPH_FILE, bytes, sizes),
    };
    const scanned = format === 'tensorflow' ? Object.keys(scans).filter((name) => Object.hasOwn(files, name)) : [];
    for (const name of [...Object.keys(files).filter((each) => !scanned.includes(each)), ...scanned]) {
      const bytes = await this.bundle!.file(name);
      sizes[name] = bytes.length;
      refuseCode(name, bytes.subarray(0, HEAD_BYTES));
      const scan = name.endsWith('.onnx') ? scanOnnx(name, bytes) : scanned.includes(name) ? scans[name]!(bytes) : undefined;
      if (scan !== undefined) {
        faults.push(...scan.faults);
        figures = { ...scan.figures, ...figures };
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
    const { manifest, file } = this.bundle!;
    const started = performance.now();
    this.models = await OpenedModels.open(manifest, { files: Object.keys(manifest.files), read: file, limits: this.options.limits ?? ISOLATION });
    return { detail: `Loaded in a process of its own, on ${this.models.names.join(' and ')}.`, figures: { seconds: (performance.now() - started) / 1000, memoryMiB: this.models.first.peakBytes / 2 ** 20 } };
  }

  private async loadTable(): Promise<Passed> {
    if (this.options.loadTable === undefined) throw new CheckSkipped('Nothing here can load a table.');
    const started = performance.now();
    await this.options.loadTable(this.stored);
    return { detail: 'Loaded as the service that serves it does.', figures: { seconds: (performance.now() - started) / 1000 } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.models?.close();
  }
}
