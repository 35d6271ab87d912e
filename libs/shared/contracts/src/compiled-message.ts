import { ScalarType, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { WireType } from '@bufbuild/protobuf/wire';
import { setEntry, type MessageReader } from './message-reader.js';
import type { MessageWriter } from './message-writer.js';

/** The functions of one message type. */
export interface CompiledMessage {
  /** A message without any field set, as `create` makes it. */
  empty(): Message;
  /** Merges the fields in the next `length` bytes into `message` and answers it; the outermost message has depth 1. */
  read(message: Message, reader: MessageReader, length: number, depth: number): Message;
  /** Writes a message, or what `create` would make one of. */
  write(message: unknown, writer: MessageWriter): void;
}

const compiled = new WeakMap<DescMessage, CompiledMessage>();
const nothing = new Uint8Array(0);

/** Source is made of the description once, so that every message type has code of its own, which V8 can specialise. */
export function compiledMessage(schema: DescMessage): CompiledMessage {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const code = {} as CompiledMessage;
  // Before its fields: a message may hold others of its type.
  compiled.set(schema, code);
  const inner = [...new Set(schema.fields.flatMap((field) => field.message ?? []))];
  const make = new Function('inner', 'nothing', 'setEntry', sourceOf(schema, inner)) as (...parts: unknown[]) => CompiledMessage;
  return Object.assign(code, make(inner.map(compiledMessage), nothing, setEntry));
}

function sourceOf(schema: DescMessage, inner: readonly DescMessage[]): string {
  const fields = schema.fields.toSorted((a, b) => b.number - a.number).map((field) => new FieldSource(field, `inner${inner.indexOf(field.message!)}`));
  const typeName = JSON.stringify(schema.typeName);
  return `'use strict';
    ${inner.map((_, i) => `const inner${i} = inner[${i}];`).join('\n')}
    return {
      empty: () => ({ $typeName: ${typeName}, ${emptyMembers(schema).join(', ')} }),
      read(message, reader, length, depth) {
        reader.enter(depth, ${typeName});
        const end = reader.pos + length;
        while (reader.pos < end) {
          const tag = reader.next();
          switch (tag >>> 3) {
            ${fields.map((field) => field.read).join('\n')}
            default: reader.unknown(message, tag, depth);
          }
        }
        return message;
      },
      write(message, writer) {
        if (message === undefined) return;
        if (typeof message !== 'object') throw new TypeError('not a message');
        if (message.$unknown !== undefined && message.$typeName === ${typeName}) writer.unknown(message.$unknown);
        let value;
        ${fields.map((field) => field.write).join('\n')}
      },
    };`;
}

function emptyMembers({ members }: DescMessage): string[] {
  return members.flatMap((member) => {
    if (member.kind === 'oneof') return `${member.localName}: { case: undefined }`;
    if (member.fieldKind === 'list') return `${member.localName}: []`;
    if (member.fieldKind === 'map') return `${member.localName}: {}`;
    return isImplicit(member) ? `${member.localName}: ${zeroOf(member)}` : [];
  });
}

const isImplicit = (field: DescField): boolean => field.presence === FeatureSet_FieldPresence.IMPLICIT;
const tagOf = (number: number, wireType: WireType): number => ((number << 3) | wireType) >>> 0;

/** The source that reads and writes one field; `inner` names the functions of the messages that it holds. */
class FieldSource {
  private readonly type: ScalarType | undefined;

  constructor(private readonly field: DescField, private readonly inner: string) {
    this.type = field.message === undefined ? field.scalar ?? ScalarType.INT32 : undefined;
  }

  get read(): string {
    return `case ${this.field.number}: ${this.readField()} break;`;
  }

  /** Writes come in the order of falling numbers, and of each the value before its tag. */
  get write(): string {
    const { field } = this;
    if (field.fieldKind === 'list') return `value = message.${field.localName}; if (value != null) ${this.writeList()}`;
    if (field.fieldKind === 'map') return `value = message.${field.localName}; if (value != null) ${this.writeMap()}`;
    if (field.oneof !== undefined) {
      const { localName } = field.oneof;
      return `value = message.${localName}; if (value != null && value.case === '${field.localName}') { value = value.value; ${this.writeValue('value', field.number)} }`;
    }
    const condition = isImplicit(field) ? `value != null && ${this.isSet()}` : 'value != null';
    return `value = message.${field.localName}; if (${condition}) { ${this.writeValue('value', field.number)} }`;
  }

  private readField(): string {
    const { field } = this;
    const place = `message.${field.localName}`;
    if (field.fieldKind === 'list') return this.readList(place);
    if (field.fieldKind === 'map') return this.readMap(place);
    if (field.oneof === undefined) return `${place} = ${this.readValue(place)};`;
    const oneof = `message.${field.oneof.localName}`;
    return `${oneof} = { case: '${field.localName}', value: ${this.readValue(`(${oneof}.case === '${field.localName}' ? ${oneof}.value : undefined)`)} };`;
  }

  private readList(place: string): string {
    if (this.type === undefined || this.type === ScalarType.STRING || this.type === ScalarType.BYTES) return `${place}.push(${this.readValue('undefined')});`;
    return `if ((tag & 7) !== ${WireType.LengthDelimited}) { ${place}.push(${this.readValue()}); break; }
      for (const last = reader.uint32() + reader.pos; reader.pos < last;) ${place}.push(${this.readValue()});`;
  }

  private readMap(place: string): string {
    const absent = this.type === undefined ? `${this.inner}.empty()` : this.type === ScalarType.BYTES ? 'new Uint8Array(0)' : zeroOf(this.field);
    return `{
      let key = '', value;
      for (const last = reader.uint32() + reader.pos; reader.pos < last;) {
        const tag = reader.next();
        if (tag >>> 3 === 1) key = reader.text();
        else if (tag >>> 3 === 2) value = ${this.readValue('value')};
        else reader.pass(tag, depth);
      }
      setEntry(${place}, key, value === undefined ? ${absent} : value);
    }`;
  }

  /** `known` is what a message is merged into, if it is there. */
  private readValue(known = 'undefined'): string {
    if (this.type === undefined) return `${this.inner}.read(${known} ?? ${this.inner}.empty(), reader, reader.uint32(), depth + 1)`;
    if (this.type === ScalarType.STRING) return 'reader.text()';
    const value = `reader.${nameOf(this.type)}()`;
    return isString(this.field) ? `String(${value})` : value;
  }

  private isSet(): string {
    if (this.field.fieldKind === 'enum') return 'value !== 0';
    if (this.type === ScalarType.STRING) return `value !== ''`;
    if (this.type === ScalarType.BYTES) return 'value.length !== 0';
    if (this.type === ScalarType.BOOL) return 'value !== false';
    if (this.type === ScalarType.DOUBLE || this.type === ScalarType.FLOAT) return '!Object.is(value, 0)';
    return 'value != 0';
  }

  private writeList(): string {
    const { number } = this.field;
    const each = (body: string): string => `for (let i = value.length - 1; i >= 0; i--) { ${body} }`;
    if (this.field.fieldKind !== 'list' || !this.field.packed) return each(this.writeValue('value[i]', number));
    return `if (value.length > 0) { const size = writer.size; ${each(this.writeScalar('value[i]'))} writer.close(size, ${tagOf(number, WireType.LengthDelimited)}); }`;
  }

  private writeMap(): string {
    return `{
      const keys = Object.keys(value);
      for (let i = keys.length - 1; i >= 0; i--) {
        const size = writer.size;
        ${this.writeValue('value[keys[i]]', 2)}
        writer.text(keys[i]);
        writer.uint32(${tagOf(1, WireType.LengthDelimited)});
        writer.close(size, ${tagOf(this.field.number, WireType.LengthDelimited)});
      }
    }`;
  }

  private writeValue(value: string, number: number): string {
    if (this.type === undefined) return `{ const size = writer.size; ${this.inner}.write(${value}, writer); writer.close(size, ${tagOf(number, WireType.LengthDelimited)}); }`;
    return `${this.writeScalar(value)} writer.uint32(${tagOf(number, wireTypeOf(this.type))});`;
  }

  private writeScalar(value: string): string {
    switch (this.type) {
      case ScalarType.STRING: return `writer.text(${value});`;
      case ScalarType.BYTES: return `writer.data(${value});`;
      case ScalarType.BOOL: case ScalarType.DOUBLE: case ScalarType.FLOAT: case ScalarType.INT32: case ScalarType.UINT32: return `writer.${nameOf(this.type)}(${value});`;
      default: return `writer.rare(${value}, '${nameOf(this.type!)}');`;
    }
  }
}

const nameOf = (type: ScalarType): string => ScalarType[type].toLowerCase();
const isString = (field: DescField): boolean => 'longAsString' in field && field.longAsString === true;

function zeroOf(field: DescField): string {
  switch (field.scalar) {
    case ScalarType.STRING: return `''`;
    case ScalarType.BYTES: return 'nothing';
    case ScalarType.BOOL: return 'false';
    case ScalarType.INT64: case ScalarType.UINT64: case ScalarType.SINT64: case ScalarType.FIXED64: case ScalarType.SFIXED64: return isString(field) ? `'0'` : '0n';
    default: return '0';
  }
}

function wireTypeOf(type: ScalarType): WireType {
  switch (type) {
    case ScalarType.STRING: case ScalarType.BYTES: return WireType.LengthDelimited;
    case ScalarType.DOUBLE: case ScalarType.FIXED64: case ScalarType.SFIXED64: return WireType.Bit64;
    case ScalarType.FLOAT: case ScalarType.FIXED32: case ScalarType.SFIXED32: return WireType.Bit32;
    default: return WireType.Varint;
  }
}
