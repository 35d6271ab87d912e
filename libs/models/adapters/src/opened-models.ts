import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescribedModel } from '@serendip/platform-bundles';
import { checkRuntimes, writeSavedModel, type ModelFiles, type RuntimeName } from '@serendip/platform-runtimes';
import { DomainError } from '@serendip/shared-errors';
import { CheckFailed, type Passed } from './check.js';
import { ISOLATION, IsolatedModel, type IsolationLimits } from './isolated/isolated-model.js';
import type { GraphSignature } from './isolated/messages.js';
import { MODEL_FILE, runtimesFor } from './requirements.js';

export interface OpenedModel {
  readonly runtime: RuntimeName;
  readonly model: IsolatedModel;
  readonly graph: GraphSignature;
}

export interface ModelParts {
  /** Names of the bundle's files. */
  readonly files: readonly string[];
  read(name: string): Promise<Uint8Array>;
  readonly limits?: IsolationLimits;
}

/** A bundle's model on everything that its files are for, each in a process of its own: one for ONNX, one for each way in which a TensorFlow model is there. */
export class OpenedModels {
  private constructor(private readonly folder: string, private readonly opened: readonly OpenedModel[]) {}

  /** Throws FAILED_PRECONDITION/RUNTIME_UNAVAILABLE where one of them can't be had, with how to get it, and what IsolatedModel throws. */
  static async open(described: Pick<DescribedModel, 'format'>, { files, read, limits = ISOLATION }: ModelParts): Promise<OpenedModels> {
    const runtimes = runtimesFor(described, files);
    await demand(runtimes);
    const folder = await mkdtemp(join(tmpdir(), 'serendip-model-'));
    const opened: OpenedModel[] = [];
    try {
      for (const runtime of runtimes) {
        const placed = join(folder, runtime);
        const names = await place(placed, runtime, { files, read });
        const model = new IsolatedModel(limits);
        try {
          opened.push({ runtime, model, graph: await model.load({ runtime, folder: placed, files: names }) });
        } catch (error) {
          model.close();
          throw error;
        }
      }
      return new OpenedModels(folder, opened);
    } catch (error) {
      await new OpenedModels(folder, opened).close();
      throw error;
    }
  }

  get names(): readonly RuntimeName[] {
    return this.opened.map(({ runtime }) => runtime);
  }

  get first(): IsolatedModel {
    return this.opened[0]!.model;
  }

  /** Makes a check on each; the first's figures have their own names, the others' begin with the runtime's. */
  async each(check: (opened: OpenedModel) => Promise<Passed>): Promise<Passed> {
    const [first, ...others] = this.opened;
    const passed = await check(first!);
    const rest: Passed[] = [];
    for (const other of others) {
      const { detail, figures = {} } = await this.named(other, check);
      rest.push({ detail: `On ${other.runtime}: ${detail}`, figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${other.runtime}.${name}`, value])) });
    }
    return { detail: [passed, ...rest].map(({ detail }) => detail).join(' '), figures: Object.assign({}, passed.figures, ...rest.map(({ figures }) => figures)) as Record<string, number> };
  }

  async close(): Promise<void> {
    for (const { model } of this.opened) model.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async named(opened: OpenedModel, check: (opened: OpenedModel) => Promise<Passed>): Promise<Passed> {
    try {
      return await check(opened);
    } catch (error) {
      if (error instanceof CheckFailed) throw new CheckFailed(`On ${opened.runtime}: ${error.message}`, error.figures);
      throw error;
    }
  }
}

async function demand(runtimes: readonly RuntimeName[]): Promise<void> {
  // ONNX on the processor is always there.
  const missing = (await checkRuntimes(runtimes.filter((name) => name !== 'onnx-cpu'))).filter(({ available }) => !available);
  if (missing.length === 0) return;
  const sentences = missing.map(({ name, reason, advice }) => `It runs on ${name}, which can't be had here: ${reason}. That ${advice}`);
  throw new DomainError('FAILED_PRECONDITION', 'RUNTIME_UNAVAILABLE', `${sentences.join('. ')}. Then start again what makes the checks, and push the model once more.`);
}

/** Writes what a runtime reads of a bundle into a new folder; answers the names. */
async function place(folder: string, runtime: RuntimeName, { files, read }: Pick<ModelParts, 'files' | 'read'>): Promise<readonly string[]> {
  const names = files.filter((name) => (runtime === 'onnx-cpu' ? name === MODEL_FILE : IS_SAVED_MODEL.test(name) === (runtime === 'tfjs-node') && !BESIDE.test(name)));
  const contents: ModelFiles = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  if (runtime === 'tfjs-node') {
    await writeSavedModel(folder, contents);
  } else {
    await mkdir(folder);
    for (const name of names) await writeFile(join(folder, name), contents[name]!);
  }
  return names;
}

const IS_SAVED_MODEL = /^(saved_model\.pb|fingerprint\.pb|variables\..*)$/;
/** What a bundle has beside a graph. */
const BESIDE = /^(golden\.jsonl|.*\.npy|items\.txt)$/;
