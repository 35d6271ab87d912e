/**
 * Attributes of the profile in a user state: the message `serendip.events.v1.UserProfile` in the wire format of Protocol Buffers
 * (protobuf.dev/programming-guides/encoding), which is read in place. Field 2 is a map of names (1) to values (2), of which each is one of
 * text (1), number (2), flag (3), texts (4: texts, each 1) and numbers (5).
 */
export type ProfileValue = string | number | boolean | readonly string[];

const ATTRIBUTES = 2;
const NAME = 1;
const VALUE = 2;
const TEXT = 1;
const NUMBER = 2;
const FLAG = 3;
const TEXTS = 4;

const VARINT = 0;
const EIGHT_BYTES = 1;
const WITH_LENGTH = 2;
const FOUR_BYTES = 5;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What a profile says under a name; undefined where it says nothing, or has a list of numbers. Throws RangeError for bytes that are no message. */
export function profileAttribute(profile: Uint8Array, name: string): ProfileValue | undefined {
  const wanted = encoder.encode(name);
  const entries = new Fields(profile, 0, profile.length);
  let found: Fields | undefined;
  while (entries.next()) {
    if (entries.number === ATTRIBUTES) found = valueUnder(wanted, entries.within()) ?? found;
  }
  return found === undefined ? undefined : valueOf(found);
}

/** A profile with these attributes, as `profileAttribute` reads it. */
export function encodeProfile(attributes: Readonly<Record<string, ProfileValue>>): Uint8Array {
  return join(...Object.entries(attributes).map(([name, value]) => field(ATTRIBUTES, join(field(NAME, encoder.encode(name)), field(VALUE, encodeValue(value))))));
}

/** The fields of a message that lies somewhere in bytes: `next` goes to the first, and on. */
class Fields {
  number = 0;
  /** Where the field lies: a varint as it is written, or what comes after the length. */
  from = 0;
  to = 0;

  constructor(readonly bytes: Uint8Array, private at: number, private readonly end: number) {}

  /** False behind the last. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.number = Math.floor(tag / 8);
    const length = lengthOf(tag % 8) ?? this.varint();
    this.from = this.at;
    if (tag % 8 === VARINT) this.varint();
    else this.at += length;
    this.to = this.at;
    if (this.to > this.end) throw new RangeError('This profile is cut short.');
    return true;
  }

  /** The fields of the message that this field is. */
  within(): Fields {
    return new Fields(this.bytes, this.from, this.to);
  }

  equals(wanted: Uint8Array): boolean {
    if (this.to - this.from !== wanted.length) return false;
    for (let i = 0; i < wanted.length; i++) if (this.bytes[this.from + i] !== wanted[i]) return false;
    return true;
  }

  text(): string {
    return decoder.decode(this.bytes.subarray(this.from, this.to));
  }

  double(): number {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + this.from, 8).getFloat64(0, true);
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; this.at < this.end; scale *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('This profile is cut short.');
  }
}

/** Bytes of a field of a wire type; undefined where they are said before it. */
function lengthOf(wire: number): number | undefined {
  switch (wire) {
    case VARINT: return 0;
    case EIGHT_BYTES: return 8;
    case WITH_LENGTH: return undefined;
    case FOUR_BYTES: return 4;
    default: throw new RangeError('This is not a profile.');
  }
}

/** The value of an entry of the map, if it has that name. */
function valueUnder(name: Uint8Array, entry: Fields): Fields | undefined {
  let isNamed = false;
  let value: Fields | undefined;
  while (entry.next()) {
    if (entry.number === NAME) isNamed = entry.equals(name);
    else if (entry.number === VALUE) value = entry.within();
  }
  return isNamed ? value : undefined;
}

function valueOf(fields: Fields): ProfileValue | undefined {
  let value: ProfileValue | undefined;
  while (fields.next()) {
    if (fields.number === TEXT) value = fields.text();
    else if (fields.number === NUMBER) value = fields.double();
    else if (fields.number === FLAG) value = fields.bytes[fields.from] === 1;
    else value = fields.number === TEXTS ? textsOf(fields.within()) : undefined;
  }
  return value;
}

function textsOf(fields: Fields): readonly string[] {
  const texts: string[] = [];
  while (fields.next()) texts.push(fields.text());
  return texts;
}

function encodeValue(value: ProfileValue): Uint8Array {
  if (typeof value === 'string') return field(TEXT, encoder.encode(value));
  if (typeof value === 'boolean') return Uint8Array.of(FLAG * 8 + VARINT, value ? 1 : 0);
  if (typeof value !== 'number') return field(TEXTS, join(...value.map((text) => field(1, encoder.encode(text)))));
  const number = new DataView(new ArrayBuffer(9));
  number.setUint8(0, NUMBER * 8 + EIGHT_BYTES);
  number.setFloat64(1, value, true);
  return new Uint8Array(number.buffer);
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return join(Uint8Array.of(number * 8 + WITH_LENGTH, ...varint(bytes.length)), bytes);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
