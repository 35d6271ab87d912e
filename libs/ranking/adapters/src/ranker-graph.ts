import { openModel, type ModelFiles, type ModelRuntime, type OpenModelOptions, type TensorSpec } from '@serendip/platform-runtimes';
import type { RankerRuntime } from '@serendip/ranking-domain';
import { DomainError } from '@serendip/shared-errors';

const INPUT = 'features';
const OUTPUT = 'scores';

export interface RankerShape {
  readonly features: number;
  /** Names of the heads, in order. */
  readonly heads: readonly string[];
}

/**
 * A ranker's graph: it takes `features`, float32 [rows, features], and answers `scores`, float32 [rows, heads], or an output for each head under
 * its name, float32 [rows] or [rows, 1].
 */
export class RankerGraph implements RankerRuntime {
  /** Outputs in the order of heads; one for all of them where it is `scores`. */
  private readonly outputs: readonly string[];

  private constructor(private readonly runtime: ModelRuntime, private readonly shape: RankerShape) {
    this.outputs = runtime.outputs.some(({ name }) => name === OUTPUT) ? [OUTPUT] : shape.heads;
  }

  get name(): string {
    return this.runtime.name;
  }

  get device(): string {
    return this.runtime.device;
  }

  get sessions(): number {
    return this.runtime.sessions;
  }

  /** Throws INVALID_ARGUMENT/MODEL_INVALID, and what openModel throws. */
  static async open(files: ModelFiles, shape: RankerShape, options: OpenModelOptions): Promise<RankerGraph> {
    const runtime = await openModel(files, options);
    const fault = faultOf(runtime, shape);
    if (fault === undefined) return new RankerGraph(runtime, shape);
    await runtime.close();
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `This graph is no ranker of ${shape.features} features with the heads ${shape.heads.join(', ')}: ${fault}.`);
  }

  async run(features: Float32Array, rows: number): Promise<Float32Array> {
    const answered = await this.runtime.run({ [INPUT]: { type: 'float32', shape: [rows, this.shape.features], data: features } });
    const columns = this.outputs.map((name) => answered[name]!.data as Float32Array);
    return columns.length === 1 ? columns[0]! : sideBySide(columns, rows);
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}

function faultOf({ inputs, outputs }: ModelRuntime, { features, heads }: RankerShape): string | undefined {
  const [input] = inputs;
  if (inputs.length !== 1 || input?.name !== INPUT || !fits(input, features)) return `it takes ${described(inputs)}, not ${INPUT} float32 [rows, ${features}]`;
  const scores = outputs.find(({ name }) => name === OUTPUT);
  if (scores !== undefined) return fits(scores, heads.length) ? undefined : `it answers ${described([scores])}, not float32 [rows, ${heads.length}]`;
  const wrong = heads.filter((head) => !outputs.some((output) => output.name === head && fits(output, 1)));
  return wrong.length === 0 ? undefined : `it answers ${described(outputs)}, neither '${OUTPUT}' nor ${wrong.map((head) => `'${head}'`).join(' and ')} float32 [rows, 1]`;
}

/** A width that is not said is found out by running it. */
function fits({ type, shape: [, width, ...rest] }: TensorSpec, wanted: number): boolean {
  return type === 'float32' && rest.length === 0 && (typeof width === 'number' ? width === wanted : width !== undefined || wanted === 1);
}

function described(specs: readonly TensorSpec[]): string {
  return specs.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ');
}

function sideBySide(columns: readonly Float32Array[], rows: number): Float32Array {
  const all = new Float32Array(rows * columns.length);
  columns.forEach((column, head) => { for (let row = 0; row < rows; row++) all[row * columns.length + head] = column[row]!; });
  return all;
}
