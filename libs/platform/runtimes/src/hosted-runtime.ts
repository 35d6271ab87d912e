import { DomainError } from '@serendip/shared-errors';
import type { Device, ModelFiles, ModelRuntime, RuntimeName, Tensors, TensorSpec } from './model-runtime.js';
import { startHost, type FromHost, type Loaded, type RuntimeHost } from './runtime-host.js';

interface Waiting {
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A model in a thread or process of its own, so that a run, which keeps its thread busy on every runtime, does not hold up who asked. One run after
 * the other. When its host ends by itself, its runs fail with UNAVAILABLE/RUNTIME_LOST, and so does every run after that.
 */
export class HostedRuntime implements ModelRuntime {
  readonly sessions = 1;
  private readonly host: RuntimeHost;
  private readonly waiting = new Map<number, Waiting>();
  private readonly loading = Promise.withResolvers<Loaded>();
  private readonly ending = Promise.withResolvers<void>();
  private runs = 0;
  private lost: DomainError | undefined;
  private loaded: Loaded | undefined;

  private constructor(readonly name: RuntimeName) {
    this.host = startHost(name, { message: (message) => this.take(message), ended: (why) => this.end(why) });
  }

  get device(): Device {
    return this.loaded!.device;
  }

  get inputs(): readonly TensorSpec[] {
    return this.loaded!.inputs;
  }

  get outputs(): readonly TensorSpec[] {
    return this.loaded!.outputs;
  }

  /** Throws INVALID_ARGUMENT/MODEL_INVALID, or UNAVAILABLE/RUNTIME_UNAVAILABLE where the runtime can't be had. */
  static async start(name: RuntimeName, files: ModelFiles): Promise<HostedRuntime> {
    const runtime = new HostedRuntime(name);
    runtime.host.post({ load: name, files });
    try {
      runtime.loaded = await runtime.loading.promise;
      runtime.host.busy(false);
      return runtime;
    } catch (error) {
      runtime.host.end();
      throw error;
    }
  }

  run(inputs: Tensors): Promise<Tensors> {
    if (this.lost !== undefined) return Promise.reject(this.lost);
    const run = this.runs++;
    return new Promise((resolve, reject) => {
      this.waiting.set(run, { resolve, reject });
      this.host.busy(true);
      this.host.post({ run, inputs });
    });
  }

  async close(): Promise<void> {
    if (this.lost !== undefined) return;
    this.host.busy(true);
    this.host.post({ close: true });
    await this.ending.promise;
  }

  private take(message: FromHost): void {
    if ('loaded' in message) this.loading.resolve(message.loaded);
    else if ('refused' in message) {
      this.loading.reject(message.invalid ? new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', message.refused) : unavailable(this.name, message.refused));
    } else if ('run' in message) {
      const waiting = this.waiting.get(message.run);
      this.waiting.delete(message.run);
      if (this.waiting.size === 0) this.host.busy(false);
      if ('outputs' in message) waiting?.resolve(message.outputs);
      else waiting?.reject(new Error(message.failure));
    }
  }

  private end(why: string): void {
    this.lost = new DomainError('UNAVAILABLE', 'RUNTIME_LOST', `${this.name} is lost: ${why}.`);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
    this.loading.reject(unavailable(this.name, why));
    this.ending.resolve();
  }
}

function unavailable(name: RuntimeName, why: string): DomainError {
  return new DomainError('UNAVAILABLE', 'RUNTIME_UNAVAILABLE', `${name} can not be had here: ${why}`);
}
