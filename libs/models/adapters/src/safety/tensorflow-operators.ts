const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Arithmetic over tensors, as Keras and tf.function export it. Not here: control flow, randomness, text, images, tables, files, code. */
const ARITHMETIC = names(`
  Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool BatchMatMul BatchMatMulV2 BatchMatMulV3 BiasAdd BroadcastTo Cast Ceil ClipByValue Concat
  ConcatV2 Const Conv2D Cos Cosh Cumprod Cumsum DepthwiseConv2dNative Diag DivNoNan Div Einsum Elu EnsureShape Equal Erf Erfc Exp ExpandDims Expm1 Fill Floor FloorDiv FloorMod
  FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 Gather GatherNd GatherV2 Greater GreaterEqual Identity IdentityN InvertPermutation IsFinite IsInf IsNan L2Loss LeakyRelu Less
  LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr LogSoftmax MatMul MatrixBandPart Max MaxPool Maximum Mean Min Minimum Mod Mul MulNoNan Neg NoOp NotEqual OneHot OnesLike Pack
  Pad PadV2 Placeholder PlaceholderWithDefault Pow PreventGradient Prod Range Rank RealDiv Reciprocal Relu Relu6 Reshape ReverseV2 Rint Round Rsqrt Select SelectV2 Selu Shape ShapeN Sigmoid
  Sign Sin Sinh Size Slice Snapshot Softmax Softplus Softsign SparseSegmentMean SparseSegmentSum SparseSegmentSqrtN Split SplitV SquaredDifference Sqrt Square Squeeze StopGradient StridedSlice Sub Sum
  Tan Tanh TensorScatterUpdate Tile TopK TopKV2 Transpose TruncateDiv TruncateMod Unpack UnsortedSegmentSum Where Xdivy Xlogy ZerosLike
`);

/** What tensorflowjs_converter makes of several of them. */
const FUSED = names('_FusedConv2D _FusedMatMul FusedDepthwiseConv2dNative Prelu');

const FUNCTIONS = names('PartitionedCall StatefulPartitionedCall');

/** Reads variables that the checkpoint has filled. */
const VARIABLES = names('ReadVariableOp ResourceGather ResourceGatherNd VarHandleOp');

/** Fills variables from the checkpoint: TensorFlow runs this when it loads a model. */
const RESTORE = names('AssignVariableOp Const Identity NoOp Placeholder PlaceholderWithDefault RestoreV2 VarHandleOp');

/** Writes a checkpoint: every SavedModel has a function that does, and nobody calls it here. */
const SAVE = names('DisableCopyOnRead MergeV2Checkpoints SaveV2 ShardedFilename StaticRegexFullMatch StringJoin VarIsInitializedOp');

export const GRAPH_MODEL_OPERATORS: ReadonlySet<string> = new Set([...ARITHMETIC, ...FUSED]);
export const SAVED_MODEL_OPERATORS: ReadonlySet<string> = new Set([...ARITHMETIC, ...FUNCTIONS, ...VARIABLES]);
export const RESTORE_OPERATORS: ReadonlySet<string> = new Set([...RESTORE, ...FUNCTIONS]);
/** Of nodes that are never run. */
export const IDLE_OPERATORS: ReadonlySet<string> = new Set([...SAVED_MODEL_OPERATORS, ...RESTORE, ...SAVE]);

const LOOP = /^(Stateless)?While$|^(Ref)?(Enter|Exit|NextIteration|Merge|Switch|LoopCond)$|^(Stateless)?(For|If|Case)$|^TensorList|^TensorArray/;
const FILES = /File|^(Save|Restore|MergeV2)|Checkpoint|Dataset|Iterator|Reader|^Print|Summary|^Assert$|Table|^(Debug|Collective|Send|Recv|_Send|_Recv)/;

export function adviceOnTensorFlow(operator: string): string {
  if (/^(Eager)?PyFunc|^NumpyFunction/.test(operator)) return 'Python is code, which no bundle holds: write it with TensorFlow\'s own operations';
  if (LOOP.test(operator)) return 'loops may never end: unroll it (keras.layers.LSTM(…, unroll=True)), and choose with tf.where';
  if (/Random|Multinomial|Bernoulli|Dropout/.test(operator)) return 'a model answers the same for the same input: export it for inference (training=False)';
  if (FILES.test(operator)) return 'a model reads and writes nothing but its inputs and outputs: take it out of the serving signature';
  if (/String|Regex|^Decode|^Parse|^Encode/.test(operator)) return 'text and images are turned into numbers before a model is asked';
  return 'only known arithmetic over tensors is run, no operators of one\'s own: express it with standard ones, or compute it before the model is asked';
}
