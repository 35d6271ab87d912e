/** Runs one loaded model. */
export abstract class RankerRuntime {
  /** What runs it, for example onnx-cpu. */
  abstract readonly name: string;

  /** Where it runs: cpu, gpu or cuda. */
  abstract readonly device: string;

  /** Runs that go on at the same time. */
  abstract readonly sessions: number;

  /** Scores of feature rows (row-major float32, `rows` × features), row-major `rows` × heads. `features` may be used again once it has answered. */
  abstract run(features: Float32Array, rows: number): Promise<Float32Array>;

  abstract close(): Promise<void>;
}
