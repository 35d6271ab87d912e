import { ScalarType, create, createFileRegistry, type DescField, type DescMessage, type DescOneof, type MessageInitShape } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FieldOptions_JSType, FileDescriptorProtoSchema, type FieldDescriptorProto } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import * as contracts from './index.js';

type FieldInit = MessageInitShape<typeof FileDescriptorProtoSchema>['messageType'] extends (infer M)[] | undefined ? M : never;
const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;
const { MESSAGE, ENUM, STRING, BYTES } = FieldDescriptorProto_Type;

/** Every message of `proto/`. */
export const messagesOfProto: readonly DescMessage[] = Object.values(contracts).flatMap((part) => (typeof part === 'object' ? Object.values(part) : []))
  .filter((value): value is DescMessage => (value as { kind?: unknown } | undefined)?.kind === 'message');

const scalars = Object.values(FieldDescriptorProto_Type).filter((type): type is FieldDescriptorProto_Type => typeof type === 'number' && type !== FieldDescriptorProto_Type.GROUP && type !== MESSAGE && type !== ENUM);
const isWide = (type: FieldDescriptorProto_Type): boolean => /64$/.test(FieldDescriptorProto_Type[type]);
const nameOf = (prefix: string, type: FieldDescriptorProto_Type): string => `${prefix}_${FieldDescriptorProto_Type[type].toLowerCase()}`;

type Field = Partial<Pick<FieldDescriptorProto, 'typeName' | 'label' | 'oneofIndex' | 'proto3Optional'>> & { readonly name: string; readonly type: FieldDescriptorProto_Type; readonly options?: object };

const entryOf = (name: string, key: FieldDescriptorProto_Type, value: Omit<Field, 'name'>) => ({
  name, options: { mapEntry: true }, field: [{ name: 'key', number: 1, type: key, label: OPTIONAL }, { name: 'value', number: 2, label: OPTIONAL, ...value }],
});

const camel = (name: string): string => name.split('_').map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');

/** A message type with fields of every kind that proto3 has, itself among them; `keys` are those of its maps. */
function everything(name: string, keys: readonly FieldDescriptorProto_Type[]): FieldInit {
  const self = { type: MESSAGE, typeName: `.test.${name}` };
  const choice = { type: ENUM, typeName: '.test.Choice' };
  const values: readonly Omit<Field, 'name'>[] = [...scalars.map((type) => ({ type })), self, choice];
  const maps = keys.flatMap((key) => values.map((value) => ({ key, value, name: `${nameOf('map', key)}_${nameOf('of', value.type)}` })));
  const plain: readonly Field[] = [
    ...values.map((value) => ({ ...value, name: nameOf('one', value.type) })),
    ...values.map((value) => ({ ...value, name: nameOf('case', value.type), oneofIndex: 0 })),
    ...values.map((value) => ({ ...value, name: nameOf('many', value.type), label: REPEATED })),
    ...values.filter(({ type }) => type !== MESSAGE && type !== STRING && type !== BYTES).map((value) => ({ ...value, name: nameOf('loose', value.type), label: REPEATED, options: { packed: false } })),
    ...scalars.filter(isWide).flatMap((type) => [OPTIONAL, REPEATED].map((label) => ({ type, label, name: nameOf(`text${label}`, type), options: { jstype: FieldOptions_JSType.JS_STRING } }))),
    ...maps.map((map) => ({ type: MESSAGE, typeName: `.test.${name}.${camel(map.name)}Entry`, label: REPEATED, name: map.name })),
    ...values.filter(({ type }) => type !== MESSAGE).map((value, i) => ({ ...value, name: nameOf('maybe', value.type), oneofIndex: i + 1, proto3Optional: true })),
  ];
  return {
    name,
    oneofDecl: [{ name: 'either' }, ...values.filter(({ type }) => type !== MESSAGE).map(({ type }) => ({ name: `_${nameOf('maybe', type)}` }))],
    nestedType: maps.map((map) => entryOf(`${camel(map.name)}Entry`, map.key, map.value)),
    // Numbers with tags of one byte to five, in another order than the fields'.
    field: plain.map((field, i) => ({ label: OPTIONAL, ...field, number: (i % 3 === 0 ? 1 : i % 3 === 1 ? 20_000 : 300_000_000) + ((i * 7) % plain.length) })),
  } as FieldInit;
}

const registry = createFileRegistry(create(FileDescriptorProtoSchema, {
  name: 'test.proto', package: 'test', syntax: 'proto3',
  enumType: [{ name: 'Choice', value: [{ name: 'NONE', number: 0 }, { name: 'SOME', number: 1 }, { name: 'LESS', number: -1 }] }],
  messageType: [everything('Everything', [STRING]), everything('OtherKeys', [FieldDescriptorProto_Type.INT32, FieldDescriptorProto_Type.BOOL, FieldDescriptorProto_Type.UINT64])],
}), () => undefined);

export const everythingSchema = registry.getMessage('test.Everything')!;
/** Has maps with keys that are no texts. */
export const otherKeysSchema = registry.getMessage('test.OtherKeys')!;

const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit }), fc.string({ minLength: 30, maxLength: 300 }), fc.constantFrom('__proto__', '\ufeffmark', '\ufffd', 'é'.repeat(20)));
const signed = fc.oneof(fc.constantFrom(0, -0, 1, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
const unsigned = fc.oneof(fc.constantFrom(0, 127, 128, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 32 - 1), fc.nat({ max: 2 ** 32 - 1 }));
const wide = (min: bigint, max: bigint) => fc.oneof(fc.bigInt({ min, max }), fc.constantFrom<bigint | number | string>(0n, 1n, min, max, 0, 5, '7', '0'));

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING: return text;
    case ScalarType.BYTES: return fc.oneof(fc.uint8Array(), fc.uint8Array({ minLength: 120, maxLength: 400 }), fc.array(fc.nat({ max: 255 })));
    case ScalarType.BOOL: return fc.boolean();
    case ScalarType.DOUBLE: return fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity));
    case ScalarType.FLOAT: return fc.oneof(fc.float(), fc.double({ min: -1e38, max: 1e38 }), fc.constantFrom(0, -0, NaN, -Infinity));
    case ScalarType.INT32: case ScalarType.SINT32: case ScalarType.SFIXED32: return signed;
    case ScalarType.UINT32: case ScalarType.FIXED32: return unsigned;
    case ScalarType.UINT64: case ScalarType.FIXED64: return wide(0n, 2n ** 64n - 1n);
    default: return wide(-(2n ** 63n), 2n ** 63n - 1n);
  }
}

function keyOf(type: ScalarType): fc.Arbitrary<string> {
  // Jest takes a `constructor` for the object's own.
  if (type === ScalarType.STRING) return text.filter((key) => key !== 'constructor');
  return type === ScalarType.BOOL ? fc.constantFrom('true', 'false') : fc.nat().map(String);
}

/** Values to make messages of, most of them without most fields; messages lie in each other `depth` deep. */
export function inits(schema: DescMessage, depth = 2): fc.Arbitrary<Record<string, unknown>> {
  const members = schema.members.filter((member) => depth > 0 || !holdsMessage(member));
  const given = fc.record(Object.fromEntries(members.map((member) => [member.localName, member.kind === 'oneof' ? oneofInit(member, depth) : fieldInit(member, depth)])), { requiredKeys: [] });
  return fc.tuple(given, fc.nat({ max: members.length }), fc.nat({ max: 40 })).map(([all, from, most]) => Object.fromEntries(Object.entries(all).slice(from % 5 === 0 ? 0 : from).slice(0, most)));
}

const holdsMessage = (member: DescField | DescOneof): boolean => (member.kind === 'oneof' ? member.fields.every(holdsMessage) : member.message !== undefined);

function oneofInit({ fields }: DescOneof, depth: number): fc.Arbitrary<unknown> {
  const cases = fields.filter((field) => depth > 0 || !holdsMessage(field)).map((field) => valueInit(field, depth).map((value) => ({ case: field.localName, value })));
  return fc.oneof(fc.constant({ case: undefined }), fc.constant(undefined), ...cases);
}

function fieldInit(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const value = valueInit(field, depth);
  if (field.fieldKind === 'list') return fc.array(value, { maxLength: 4 });
  if (field.fieldKind === 'map') return fc.array(fc.tuple(keyOf(field.mapKey), value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
  return fc.option(value, { nil: undefined, freq: 10 });
}

function valueInit(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const { message } = field;
  if (message !== undefined) {
    const init = fc.oneof({ maxDepth: depth }, fc.constant({}), inits(message, depth - 1));
    return fc.tuple(init, fc.boolean()).map(([value, made]) => (made ? create(message, value as never) : value));
  }
  return field.enum === undefined ? scalar(field.scalar!) : fc.oneof(fc.constantFrom(...field.enum.values.map(({ number }) => number)), field.enum.open ? signed : fc.constant(field.enum.values[0]!.number));
}

const places = fc.nat({ max: 100_000 });
type Change = (bytes: Uint8Array) => Uint8Array;

/** What can befall a message on its way. */
export const changes: fc.Arbitrary<Change> = fc.oneof(
  places.map((place): Change => (bytes) => bytes.slice(0, place % (bytes.length + 1))),
  places.map((place): Change => (bytes) => bytes.slice(place % (bytes.length + 1))),
  fc.tuple(places, fc.nat({ max: 255 })).map(([place, byte]): Change => (bytes) => bytes.map((one, i) => (i === place % bytes.length ? byte : one))),
  fc.tuple(places, fc.uint8Array({ maxLength: 12 })).map(([place, more]): Change => (bytes) => new Uint8Array([...bytes.slice(0, place % (bytes.length + 1)), ...more, ...bytes.slice(place % (bytes.length + 1))])),
  fc.constant<Change>((bytes) => new Uint8Array([...bytes, ...bytes])),
);
