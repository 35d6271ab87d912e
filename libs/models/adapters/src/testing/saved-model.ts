import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface SavedNodeParts {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  /** Functions that it calls. */
  readonly calls?: readonly string[];
  /** Sizes of a tensor that it holds, of which no value is there. */
  readonly holds?: readonly number[];
}

export interface SavedModelParts {
  readonly nodes?: readonly SavedNodeParts[];
  readonly functions?: Readonly<Record<string, { readonly takes: readonly string[]; readonly nodes: readonly SavedNodeParts[] }>>;
  /** Tensors that each signature answers. */
  readonly signatures?: Readonly<Record<string, readonly string[]>>;
  readonly restore?: string;
  readonly tags?: readonly string[];
  /** Names of files beside it. */
  readonly assets?: readonly string[];
  /** What Keras says of its layers. */
  readonly layers?: string;
}

const { LengthDelimited, Varint } = WireType;
const message = (...fields: readonly (readonly [number, Uint8Array | string | number])[]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const [field, value] of fields) {
    if (typeof value === 'number') writer.tag(field, Varint).int64(value);
    else if (typeof value === 'string') writer.tag(field, LengthDelimited).string(value);
    else writer.tag(field, LengthDelimited).bytes(value);
  }
  return writer.finish();
};
const entry = (key: string, value: Uint8Array): Uint8Array => message([1, key], [2, value]);

function nodeOf({ name, op, input = [], calls = [], holds }: SavedNodeParts): Uint8Array {
  const shape = (sizes: readonly number[]): Uint8Array => message(...sizes.map((size) => [2, message([1, size])] as const));
  return message(
    [1, name], [2, op], ...input.map((each) => [3, each] as const), ...calls.map((called) => [5, entry('f', message([10, message([1, called])]))] as const),
    ...(holds === undefined ? [] : [[5, entry('value', message([8, message([1, 1], [2, shape(holds)])]))] as const]),
  );
}

const PLAIN: readonly SavedNodeParts[] = [{ name: 'features', op: 'Placeholder' }, { name: 'scores', op: 'Relu', input: ['features'] }];

/** saved_model.pb, field by field; by default of a model that answers `scores` from `features`, and names no files. */
export function savedModel({ nodes = PLAIN, functions = {}, signatures = { serving_default: ['scores:0'] }, restore = '', tags = ['serve'], assets = [], layers = '' }: SavedModelParts = {}): Uint8Array {
  const library = Object.entries(functions).map(([name, { takes, nodes: body }]) => message(
    [1, message([1, name], ...takes.map((argument) => [2, message([1, argument])] as const))], ...body.map((each) => [3, nodeOf(each)] as const),
  ));
  return message([1, 1], [2, message(
    [1, message(...tags.map((tag) => [4, tag] as const))],
    [2, message(...nodes.map((each) => [1, nodeOf(each)] as const), [2, message(...library.map((each) => [1, each] as const))])],
    [3, message([1, 'saver_filename:0'], [3, restore])],
    ...Object.entries(signatures).map(([name, tensors]) => [5, entry(name, message(...tensors.map((tensor, i) => [2, entry(`output${i}`, message([1, tensor]))] as const)))] as const),
    ...assets.map((file) => [6, message([2, file])] as const),
    [7, message([1, layers])],
  )]);
}
