/** Bundles that must be refused, each with the reason it must be refused for. */
import { gzipSync } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { encodeItems, encodeNpy } from '@serendip/platform-bundles';
import type { OnnxGraph, Value } from '@serendip/platform-onnx';
import { MODEL, bundle, golden, graph, layers, manifest, means, sum, type Files } from './good-bundle.ts';

export interface Hostile {
  readonly name: string;
  readonly files: Files;
  /** Filenames as they are sent, in place of the keys. */
  readonly as?: Readonly<Record<string, string>>;
  /** In the reason or detail of the refusal, be it of the upload or of a check. */
  readonly because: RegExp;
  /** Takes seconds, because a limit of time or memory must be reached. */
  readonly isSlow?: boolean;
  /** The body ends before its end. */
  readonly isCut?: boolean;
}

const model = (onnx: Uint8Array, more: Files = {}): Files => bundle({ 'model.onnx': onnx, ...more });
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');
const without = (name: string): Files => Object.fromEntries(Object.entries(bundle()).filter(([file]) => file !== name));
/** A format's first bytes, and then what looks like more of it. */
const like = (magic: Uint8Array): Uint8Array => Buffer.concat([magic, Buffer.alloc(2000, 7)]);

/** A model whose graph has one node more, written field by field, in front of the good one. */
function withNode(write: (node: BinaryWriter) => void): Uint8Array {
  const node = new BinaryWriter();
  write(node);
  const inner = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(node.finish());
  return reGraphed((old) => Buffer.concat([inner.finish(), old]));
}

/** The good model with its graph replaced. */
function reGraphed(change: (graph: Uint8Array) => Uint8Array): Uint8Array {
  const good = graph();
  // The graph is field 7 behind ir_version and producer.
  const at = good.indexOf(0x3a, 4);
  let end = at + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    length |= (good[end]! & 0x7f) << shift;
    if ((good[end++]! & 0x80) === 0) break;
  }
  const changed = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(change(good.subarray(end, end + length))).finish();
  return Buffer.concat([good.subarray(0, at), changed, good.subarray(end + length)]);
}

const named = (node: BinaryWriter, operator: string, domain = ''): BinaryWriter => node.tag(2, WireType.LengthDelimited).string('extra').tag(4, WireType.LengthDelimited).string(operator).tag(7, WireType.LengthDelimited).string(domain);

/** Subgraphs in subgraphs. */
function nested(depth: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) {
    const attribute = new BinaryWriter().tag(1, WireType.LengthDelimited).string('then_branch').tag(6, WireType.LengthDelimited).bytes(inner).tag(20, WireType.Varint).int32(5);
    const node = named(new BinaryWriter(), 'If').tag(5, WireType.LengthDelimited).bytes(attribute.finish());
    inner = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(node.finish()).finish();
  }
  return reGraphed((old) => Buffer.concat([inner, old]));
}

/** A weight that is said to lie in another file. */
function external(location: string): Uint8Array {
  const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string('location').tag(2, WireType.LengthDelimited).string(location);
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int64(3).tag(2, WireType.Varint).int32(1).tag(8, WireType.LengthDelimited).string('w')
    .tag(13, WireType.LengthDelimited).bytes(entry.finish()).tag(14, WireType.Varint).int32(1);
  return reGraphed((old) => Buffer.concat([old, new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(tensor.finish()).finish()]));
}

/** A weight of so many values, of which there are none. */
function hollow(...dimensions: number[]): Uint8Array {
  const tensor = new BinaryWriter();
  for (const size of dimensions) tensor.tag(1, WireType.Varint).int64(size);
  tensor.tag(2, WireType.Varint).int32(1).tag(8, WireType.LengthDelimited).string('w');
  return reGraphed((old) => Buffer.concat([old, new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(tensor.finish()).finish()]));
}

const half = { scores: [[0.5], [0.5]] };

/** The model of forty halvings with one bit flipped, so far behind where some bytes begin. */
function flipped(where: Uint8Array, behind: number): Files {
  const onnx = Buffer.from(layers(40, 8));
  onnx[onnx.indexOf(where) + behind]! ^= 0x40;
  return model(onnx, { 'golden.jsonl': golden(half) });
}

const total = (made: OnnxGraph, features: Value): Value => made.node('ReduceSum', [features, made.integers([1])], { keepdims: 1 });
const body = (of: (made: OnnxGraph, features: Value) => Value): Files => model(graph({ body: of }));
const expanded = (made: OnnxGraph, value: Value, ...sizes: bigint[]): Value => made.node('Expand', [value, made.constant(BigInt64Array.from(sizes), [sizes.length])]);
const npy = (header: string, data = Buffer.alloc(0)): Uint8Array => {
  const padded = `${header.padEnd(117)}\n`;
  return Buffer.concat([text('\x93NUMPY\x01\x00\x76\x00'), text(padded), data]);
};

const retriever = (more: Files): Files => ({
  'model.yaml': manifest({ name: `${MODEL}-retriever`, kind: 'retriever', format: 'table', encoder: 'lag-filter', features: undefined, heads: undefined, signature: undefined }),
  'items.txt': encodeItems(['a', 'b']), ...Object.fromEntries(([['item_in', 2, 4], ['item_out', 2, 4], ['bias', 2], ['lag_weights', 3, 4], ['w1', 4, 4], ['b1', 4], ['w2', 4, 4]] as const)
    .map(([name, ...shape]) => [`${name}.npy`, encodeNpy({ data: new Float32Array(shape.reduce((product, size) => product * size, 1)), shape })])), ...more,
});

const paths: readonly Hostile[] = [
  ['a path that leads to the configuration', '../../config/latest.bin'], ['an absolute path', '/etc/cron.d/evil'], ['a path of another system', '..\\..\\evil.onnx'], ['a folder', 'sub/model.onnx'],
  ['a hidden file', '.ssh'], ['a name with a null byte', 'model\0.onnx'], ['a name of a thousand letters', `${'a'.repeat(1000)}.onnx`], ['a manifest in a folder', './model.yaml'],
].map(([name, path]) => ({ name: name!, files: bundle({ evil: 'x' }), as: { evil: path! }, because: /BUNDLE_FILE_INVALID|UPLOAD_INVALID/ }));

const code: readonly Hostile[] = ([
  ['a pickle', 'model.pkl', bytes(0x80, 4, 0x95), /runs code.*skl2onnx/], ['a pickle that calls itself ONNX', 'model.onnx', like(bytes(0x80, 4, 0x95)), /runs code/], ['an old pickle', 'weights.dat', like(bytes(0x80, 2)), /runs code/],
  ['joblib', 'model.joblib', bytes(1), /runs code/], ['a PyTorch checkpoint', 'model.pt', bytes(1), /torch\.onnx\.export/], ['a zip (PyTorch, Keras) that calls itself ONNX', 'model.onnx', like(text('PK\x03\x04')), /zip archive/],
  ['Keras H5 with a Lambda layer', 'model.h5', bytes(1), /Lambda layers are code/], ['HDF5 by its content', 'weights.dat', like(text('\x89HDF\r\n\x1a\n')), /Lambda layers are code/],
  ['a gzip bomb', 'weights.dat', gzipSync(Buffer.alloc(2 ** 25)), /gzip archive/], ['a zip bomb', 'weights.zip', like(text('PK\x03\x04')), /archive/], ['a tar archive', 'weights.dat', Buffer.concat([Buffer.alloc(257), text('ustar'), Buffer.alloc(300)]), /tar archive/],
  ['a program', 'weights.dat', like(text('\x7fELF')), /a program/], ['a library', 'custom_op.so', bytes(1), /a program/], ['a script', 'notes.txt', text('#!/bin/sh\nrm -rf /'), /a program/], ['Python', 'predict.py', text('import os'), /a program/],
] as const).map(([name, file, content, because]) => ({ name, files: bundle({ [file]: content }), because }));

const manifests: readonly Hostile[] = ([
  ['a YAML bomb', 'a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nname: *b\n', /BUNDLE_INVALID/], ['a manifest of two MiB', manifest({ notes: 'x'.repeat(2 ** 21) }), /too large/], ['a manifest in UTF-16', text('\xff\xfen\0a\0m\0e\0'), /BUNDLE_INVALID/],
  ['YAML that runs code elsewhere', `${manifest()}run: !!python/object/apply:os.system ["id"]\n`, /BUNDLE_INVALID/], ['a name that leads elsewhere', manifest({ name: '../../config' }), /BUNDLE_INVALID/], ['another model\'s name', manifest({ name: 'ranker' }), /UPLOAD_INVALID/],
  ['a kind there is not', manifest({ kind: 'oracle' }), /BUNDLE_INVALID/], ['hashes of its own', manifest({ files: { 'model.onnx': 'a'.repeat(64) } }), /BUNDLE_INVALID/], ['a feature there is not', manifest({ features: ['retrieval_score', 'popularity_7d', 'shoe_size'] }), /shoe_size/],
  ['no signature', manifest({ signature: undefined }), /signature/], ['two heads where there is one', manifest({ heads: [{ name: 'a', weight: 1 }, { name: 'b', weight: 1 }] }), /\[rows, 2\]/],
] as const).map(([name, yaml, because]) => ({ name, files: bundle({ 'model.yaml': yaml }), because }));

const files: readonly Hostile[] = [
  { name: 'no manifest', files: without('model.yaml'), because: /UPLOAD_INVALID.*model\.yaml/ },
  { name: 'no model', files: without('model.onnx'), because: /model\.onnx is missing/ },
  { name: 'no golden outputs', files: without('golden.jsonl'), because: /golden\.jsonl is missing/ },
  { name: 'no means', files: without('feature_means.npy'), because: /feature_means\.npy is missing/ },
  { name: 'a hundred files', files: bundle(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}.txt`, 'x']))), because: /UPLOAD_INVALID|BODY_TOO_LARGE/ },
  { name: 'a file twice', files: bundle({ evil: 'x' }), as: { evil: 'model.onnx' }, because: /UPLOAD_INVALID.*twice/ },
  { name: 'an upload that ends in the middle', files: bundle(), isCut: true, because: /UPLOAD_INVALID|REQUEST_INVALID|BODY_INVALID/ },
  { name: 'means of other features', files: bundle({ 'feature_means.npy': means([1, 2]) }), because: /\[2\], not \[3\]/ },
  { name: 'means that are not finite', files: bundle({ 'feature_means.npy': means([1, NaN, 2]) }), because: /not finite/ },
  { name: 'an array of Python objects', files: bundle({ 'feature_means.npy': npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", Buffer.from(like(bytes(0x80, 4, 0x95)))) }), because: /dtype/ },
  { name: 'an array cut short', files: bundle({ 'feature_means.npy': means().subarray(0, 100) }), because: /\.npy file/ },
  { name: 'an array of 10¹² values', files: bundle({ 'feature_means.npy': npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }") }), because: /length does not fit/ },
  { name: 'a retriever whose tables differ in size', files: retriever({ 'item_out.npy': encodeNpy({ data: new Float32Array(12), shape: [3, 4] }) }), because: /RETRIEVER_INVALID|can't be used/ },
  { name: 'a retriever whose ids are no text', files: retriever({ 'items.txt': bytes(0xff, 0xfe, 10) }), because: /UTF-8/ },
];

const graphs: readonly Hostile[] = [
  { name: 'weights in another file', files: model(external('weights.bin')), because: /another file/ },
  { name: 'weights in a file of the machine', files: model(external('../../../../etc/passwd')), because: /another file/ },
  { name: 'an endless loop', files: model(withNode((node) => named(node, 'Loop'))), because: /Loop.*never end/ },
  { name: 'a scan', files: model(withNode((node) => named(node, 'Scan'))), because: /Scan.*never end/ },
  { name: 'an operator of its own', files: model(withNode((node) => named(node, 'Run', 'evil.ops'))), because: /evil\.ops::Run.*code/ },
  { name: 'randomness', files: body((made, features) => made.node('Add', [sum(made, features), made.node('RandomNormalLike', [sum(made, features)])])), because: /RandomNormalLike/ },
  { name: 'text operators', files: model(withNode((node) => named(node, 'StringNormalizer'))), because: /StringNormalizer/ },
  { name: 'functions of its own', files: model(Buffer.concat([graph(), new BinaryWriter().tag(25, WireType.LengthDelimited).bytes(new Uint8Array(0)).finish()])), because: /functions of its own/ },
  { name: 'a hundred subgraphs deep', files: model(nested(100)), because: /deep/ },
  { name: 'two graphs', files: model(Buffer.concat([graph(), graph()])), because: /2 graphs/ },
  { name: 'no bytes', files: model(new Uint8Array(0)), because: /no ONNX model/ },
  { name: 'text for a model', files: model(text('This is a model.')), because: /no ONNX model/ },
  { name: 'noise for a model', files: model(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 0xff)), because: /ONNX model/ },
  ...[0.1, 0.5, 0.9].map((share): Hostile => ({ name: `a model cut at ${share * 100} %`, files: model(graph().subarray(0, Math.floor(graph().length * share))), because: /ONNX model/ })),
  { name: 'a bit flipped in a weight', files: flipped(text('\0\0\0\x3f\0\0\0\0'), 3), because: /golden|NaN/ },
  { name: 'a bit flipped in a name', files: flipped(text('Tanh'), 1), because: /Invalid model/ },
  { name: 'a bit flipped in a length', files: flipped(text('MatMul'), -1), because: /ONNX model/ },
  { name: 'thirty thousand nodes', files: body((made, features) => { let value = total(made, features); for (let i = 0; i < 30_000; i++) value = made.node('Identity', [value]); return value; }), because: /nodes, more than/ },
  { name: 'a weight of 10¹² values that are not there', files: model(hollow(1e6, 1e6)), because: /weights, more than/ },
  { name: 'a weight of a negative size', files: model(hollow(-5, 3)), because: /invalid shape/ },
  { name: 'a gigantic tensor in between', files: body((made, features) => made.node('ReduceSum', [made.node('Exp', [expanded(made, total(made, features), 1n, 1n << 32n)]), made.integers([1])], { keepdims: 1 })), because: /MiB of memory|allocate|memory/i, isSlow: true },
  { name: 'work without end', files: body((made, features) => {
    let matrix = expanded(made, made.node('ReduceSum', [features], { keepdims: 1 }), 3000n, 3000n);
    for (let i = 0; i < 1000; i++) matrix = made.node('MatMul', [matrix, matrix]);
    return made.node('Add', [total(made, features), made.node('ReduceSum', [matrix], { keepdims: 1 })]);
  }), because: /may never end/, isSlow: true },
  { name: 'a model too slow to serve', files: model(layers(80, 1000), { 'golden.jsonl': golden(half) }), because: /ms at the median|may never end/, isSlow: true },
];

const promises: readonly Hostile[] = [
  { name: 'another input', files: model(graph({ input: 'x' })), because: /no input 'features'/ },
  { name: 'another width', files: model(graph({ width: 4 })), because: /\[rows, 4\] in the graph/ },
  { name: 'another type', files: model(graph({ type: 'int32' })), because: /int32 in the graph/ },
  { name: 'rows that are fixed', files: model(graph({ rows: 16 })), because: /\[16, 3\] in the graph/ },
  { name: 'lies about its golden outputs', files: bundle({ 'golden.jsonl': golden({ scores: [[0.9], [0.9]] }) }), because: /Line 1 of golden/ },
  { name: 'golden outputs of another shape', files: bundle({ 'golden.jsonl': golden({ scores: [[0.5, 0.5], [0.5, 0.5]] }) }), because: /shape/ },
  { name: 'golden inputs of another shape', files: bundle({ 'golden.jsonl': golden({ scores: [[0.5]] }, { features: [[1]] }) }), because: /shape/ },
  { name: 'golden outputs that are no JSON', files: bundle({ 'golden.jsonl': 'scores: 1\n' }), because: /line 1/ },
  { name: 'golden outputs of NaN', files: bundle({ 'golden.jsonl': '{"inputs": {"features": [[1, 2, 3]]}, "outputs": {"scores": [[NaN]]}}\n' }), because: /NaN/ },
  { name: 'no golden line', files: bundle({ 'golden.jsonl': '\n' }), because: /0 lines/ },
  { name: 'NaN for its golden inputs', files: model(graph({ body: (made, features) => made.node('Log', [made.node('Sub', [total(made, features), made.scalar(100)])]) }), { 'golden.jsonl': golden(half) }), because: /NaN/ },
  { name: 'infinities for large inputs', files: model(graph({ body: (made, features) => made.node('Exp', [total(made, features)]) }), { 'golden.jsonl': golden({ scores: [[Math.exp(0.6)], [Math.exp(-0.5)]] }) }), because: /Infinity for an input/ },
  { name: 'a row that looks at its neighbours', files: model(graph({ body: (made, features) => made.node('Softmax', [total(made, features)], { axis: 0 }) }), { 'golden.jsonl': golden({ scores: [[0.7502601], [0.2497399]] }) }), because: /rows beside it/ },
  { name: 'twice as many rows', files: model(graph({ body: (made, features) => made.node('Concat', [sum(made, features), sum(made, features)], { axis: 0 }) })), because: /shape/ },
];

export const HOSTILE: readonly Hostile[] = [...paths, ...code, ...manifests, ...files, ...graphs, ...promises];
