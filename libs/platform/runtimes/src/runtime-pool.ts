import type { Device, ModelRuntime, RuntimeName, Tensors, TensorSpec } from './model-runtime.js';

/** Runtimes of the same model that share its runs: each goes to the one with the fewest under way. */
export class RuntimePool implements ModelRuntime {
  readonly sessions: number;
  private readonly underWay: number[];

  /** @param runtimes at least one. */
  constructor(private readonly runtimes: readonly ModelRuntime[]) {
    this.sessions = runtimes.length;
    this.underWay = runtimes.map(() => 0);
  }

  /** Starts so many, all of them or none. */
  static async start(sessions: number, start: () => Promise<ModelRuntime>): Promise<RuntimePool> {
    const starting = Array.from({ length: sessions }, start);
    try {
      return new RuntimePool(await Promise.all(starting));
    } catch (error) {
      for (const each of await Promise.allSettled(starting)) if (each.status === 'fulfilled') await each.value.close();
      throw error;
    }
  }

  get name(): RuntimeName {
    return this.runtimes[0]!.name;
  }

  get device(): Device {
    return this.runtimes[0]!.device;
  }

  get inputs(): readonly TensorSpec[] {
    return this.runtimes[0]!.inputs;
  }

  get outputs(): readonly TensorSpec[] {
    return this.runtimes[0]!.outputs;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const place = this.underWay.indexOf(Math.min(...this.underWay));
    this.underWay[place]!++;
    try {
      return await this.runtimes[place]!.run(inputs);
    } finally {
      this.underWay[place]!--;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.runtimes.map((runtime) => runtime.close()));
  }
}
