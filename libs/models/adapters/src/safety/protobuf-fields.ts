import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

type Fields = Readonly<Record<number, (reader: BinaryReader) => void>>;

/** Goes through a serialised message and hands over the fields that are wanted, by number; the others are skipped. Throws for bytes that are no message. */
export function eachField(bytes: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const read = fields[field];
    if (read === undefined) reader.skip(wireType, field);
    else if (wireType === WireType.LengthDelimited || wireType === WireType.Varint) read(reader);
    else throw new RangeError(`field ${field} has wire type ${wireType}`);
  }
}
