/** The fixed sizes of one training run; `rows` of a batch are chunks × steps predictions. */
export interface LagFilterShape {
  readonly itemCount: number;
  /** Width d of every vector. */
  readonly dimension: number;
  /** How many of the newest items make the user vector. */
  readonly lags: number;
  readonly hidden: number;
  /** Stretches of histories in a batch. */
  readonly chunks: number;
  /** Predictions in each stretch. */
  readonly steps: number;
  /** Sampled negatives, shared by a batch. */
  readonly negatives: number;
}

/** Everything that is learned; tables are row by row. */
export interface LagFilterParameters {
  /** (items + 1) × d: the last row is the zeros that stand before a history's start, and never changes. */
  readonly itemIn: Float32Array;
  /** items × d, and items. */
  readonly itemOut: Float32Array;
  readonly bias: Float32Array;
  /** lags × d. */
  readonly lagWeights: Float32Array;
  /** hidden × d, hidden, d × hidden. */
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
}

/** What one step learns from. */
export interface LagFilterBatch {
  /** chunks × (lags − 1 + steps): the items before each prediction, oldest first; itemCount where there is none. */
  readonly inputs: Int32Array;
  /** Per row: the item that came, and how much it counts; the weights of a batch sum to 1, padding has 0. */
  readonly positives: Int32Array;
  readonly weights: Float32Array;
  /** The sampled items, and for each the logarithm of how often a batch expects to draw it. */
  readonly negatives: Int32Array;
  readonly negativeLogs: Float32Array;
  /** rows × hidden: 0, or 1 ÷ the share that is kept. */
  readonly dropout: Float32Array;
}

/** The gradients of a batch's loss, valid until the engine's next step. */
export interface LagFilterGradients {
  readonly loss: number;
  /** Per entry of `inputs`, d wide. */
  readonly inputs: Float32Array;
  /** Per row of `positives`: d wide, and of its bias. */
  readonly positives: Float32Array;
  readonly positiveBias: Float32Array;
  /** Per entry of `negatives`: d wide, and of its bias. */
  readonly negatives: Float32Array;
  readonly negativeBias: Float32Array;
  readonly lagWeights: Float32Array;
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
}

/** The arithmetic of a step: whoever is fast at matrices. */
export abstract class LagFilterEngine {
  /** Loss: Σ weight × −log softmax of the positive among itself and the negatives, each negative's score less its `negativeLogs`; a negative equal to the row's positive is left out. */
  abstract step(parameters: LagFilterParameters, batch: LagFilterBatch): Promise<LagFilterGradients>;

  /** Scores of all items for `count` user vectors in `queries`: count × items, valid until the next call. */
  abstract score(parameters: LagFilterParameters, queries: Float32Array, count: number): Promise<Float32Array>;

  abstract release(): Promise<void>;
}
