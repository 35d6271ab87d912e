import { ScalarType, create, fromBinary, toBinary, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { Edition } from '@bufbuild/protobuf/wkt';
import { compiledMessage } from './compiled-message.js';
import { MessageReader } from './message-reader.js';
import { MessageWriter } from './message-writer.js';

/** The bytes of a message, or of what `create` makes one of: those of protobuf-es's `toBinary`. */
export function encodeMessage<D extends DescMessage>(schema: D, value: MessageInitShape<D>): Buffer {
  if (isCompiled(schema)) {
    try {
      return MessageWriter.bytesOf((writer) => compiledMessage(schema).write(value ?? undefined, writer));
    } catch {
      // protobuf-es says best what is wrong.
    }
  }
  const bytes = toBinary(schema, create(schema, value));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What protobuf-es's `fromBinary` reads, and throws where it does; `bytes` fields are plain Uint8Array views into `bytes`, at any offset. */
export function decodeMessage<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  if (!isCompiled(schema)) return fromBinary(schema, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const code = compiledMessage(schema);
  return code.read(code.empty(), new MessageReader(bytes), bytes.length, 1) as MessageShape<D>;
}

const answers = new WeakMap<DescMessage, boolean>();

function isCompiled(schema: DescMessage): boolean {
  let answer = answers.get(schema);
  if (answer === undefined) answers.set(schema, (answer = canCompile(schema, new Set())));
  return answer;
}

/** Whether a message and those that it can hold are of proto3, none of protobuf's own types, which have forms of their own, and maps have texts as keys. */
function canCompile(schema: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(schema)) return true;
  seen.add(schema);
  return schema.file.edition === Edition.EDITION_PROTO3 && !schema.typeName.startsWith('google.protobuf.') && schema.fields.every((field) => (
    (field.enum?.open ?? true) && (field.fieldKind !== 'map' || field.mapKey === ScalarType.STRING) && (field.message === undefined || canCompile(field.message, seen))
  ));
}
