import { trainLagFilter as train, type LagFilterModel, type LagFilterTraining } from '@serendip/training-domain';
import { OnnxLagFilterEngine } from './lag-filter/onnx-lag-filter-engine.js';
import type { RuntimeOptions } from './runtime.js';

export type LagFilterTask = Omit<LagFilterTraining, 'createEngine' | 'now'> & { readonly runtime?: RuntimeOptions };

/** Trains the lag-filter retriever with the ONNX runtime as its matrix engine; see `trainLagFilter` of the domain for the contract. */
export function trainLagFilter({ runtime, ...training }: LagFilterTask): Promise<LagFilterModel> {
  return train({ ...training, createEngine: (shape) => OnnxLagFilterEngine.create(shape, runtime), now: () => performance.now() });
}
