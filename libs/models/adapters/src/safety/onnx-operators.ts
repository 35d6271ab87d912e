const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Arithmetic over tensors, as scikit-learn, LightGBM, XGBoost and PyTorch export it. Not here: loops, randomness, sequences, text, images. */
const STANDARD = names(`
  Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu
  Clip Compress Concat Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike
  Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Hardmax Identity If
  InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul MatMulInteger Max MaxPool Mean
  MeanVarianceNormalization Min Mish Mod Mul Neg NonZero Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN Range Reciprocal ReduceL1 ReduceL2
  ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape RotaryEmbedding Round ScatterElements ScatterND Selu Shape Shrink
  Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Where Xor
`);

const TREES_AND_LINEAR = names(`
  ArrayFeatureExtractor Binarizer FeatureVectorizer Imputer LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble
  TreeEnsembleClassifier TreeEnsembleRegressor ZipMap
`);

const MICROSOFT = names(`
  Attention BiasGelu DynamicQuantizeMatMul EmbedLayerNormalization FastGelu FusedConv FusedGemm FusedMatMul Gelu MatMulInteger16 MatMulIntegerToFloat MatMulNBits MultiHeadAttention
  QAttention QGemm QLinearAdd QLinearLeakyRelu QLinearMul QLinearSigmoid QLinearSoftmax QuickGelu SkipLayerNormalization
`);

/** `domain::Operator` of all that a model may use. */
export const ALLOWED_OPERATORS: ReadonlySet<string> = new Set([
  ...STANDARD.map((name) => `::${name}`), ...TREES_AND_LINEAR.map((name) => `ai.onnx.ml::${name}`), ...MICROSOFT.map((name) => `com.microsoft::${name}`),
]);

/** What to do about some of the others. */
const INSTEAD: Readonly<Record<string, string>> = {
  '::Loop': 'loops may never end: unroll it, or use LSTM, GRU or RNN',
  '::Scan': 'loops may never end: unroll it, or use LSTM, GRU or RNN',
  '::SequenceMap': 'loops may never end: use tensors in place of sequences',
};

export function adviceOn(operator: string): string {
  if (INSTEAD[operator] !== undefined) return INSTEAD[operator];
  if (/::(Random|Multinomial|Bernoulli)/.test(operator)) return 'a model answers the same for the same input: export it in evaluation mode';
  if (!/^(ai\.onnx\.ml|com\.microsoft)?::/.test(operator)) return 'operators of one\'s own are code: export with standard ones';
  return 'export the model with other operators, or compute this before it is asked';
}
