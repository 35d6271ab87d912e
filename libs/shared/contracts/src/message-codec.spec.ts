import { describe, expect, it } from '@jest/globals';
import { create, fromBinary, isMessage, toBinary, type DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { compiledMessage } from './compiled-message.js';
import { events, onnx, ranking, retrieval } from './index.js';
import { decodeMessage, encodeMessage } from './message-codec.js';
import { changes, everythingSchema, inits, messagesOfProto, otherKeysSchema } from './message-codec.fixture.js';
import { MessageWriter } from './message-writer.js';

const compiledSchemas = [everythingSchema, ...messagesOfProto.filter(({ file }) => file.name !== 'onnx/onnx')];
const schemas = [...compiledSchemas, otherKeysSchema, onnx.TensorShapeProto_DimensionSchema, onnx.AttributeProtoSchema];
const each = (list: readonly DescMessage[]): [string, DescMessage][] => list.map((schema) => [schema.typeName, schema]);

const written = (schema: DescMessage, init: unknown): Buffer => MessageWriter.bytesOf((writer) => compiledMessage(schema).write(init, writer));
const expected = (schema: DescMessage, init: unknown): Uint8Array => toBinary(schema, create(schema, init as never));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'threw';
  }
}

describe('message codec', () => {
  it('knows the messages of every package', () => {
    expect(messagesOfProto.length).toBeGreaterThan(150);
  });

  it.each(each(compiledSchemas))('writes %s as protobuf-es does, without its help', (_, schema) => {
    fc.assert(fc.property(inits(schema), (init) => {
      const bytes = hex(expected(schema, init));
      expect(hex(written(schema, init))).toBe(bytes);
      expect(hex(written(schema, create(schema, init)))).toBe(bytes);
    }), { numRuns: 40 });
  });

  it.each(each(schemas))('writes and reads %s', (_, schema) => {
    fc.assert(fc.property(inits(schema), (init) => {
      const bytes = encodeMessage(schema, init);
      expect(hex(bytes)).toBe(hex(expected(schema, init)));
      const message = decodeMessage(schema, bytes);
      const theirs = fromBinary(schema, new Uint8Array(bytes));
      expect(message).toStrictEqual(theirs);
      expect(isMessage(message, schema)).toBe(true);
      expect(hex(toBinary(schema, message))).toBe(hex(toBinary(schema, theirs)));
    }), { numRuns: 40 });
  });

  it.each(each(schemas))('reads bytes that are no %s as protobuf-es does, or throws as it does', (_, schema) => {
    fc.assert(fc.property(inits(schema), fc.array(changes, { minLength: 1, maxLength: 3 }), (init, list) => {
      const bytes = list.reduce((before, change) => change(before), expected(schema, init));
      const read = outcome(() => decodeMessage(schema, bytes));
      expect(read).toEqual(outcome(() => fromBinary(schema, bytes)));
      if (read !== 'threw') expect(hex(encodeMessage(schema, read as never))).toBe(hex(toBinary(schema, read as never)));
    }), { numRuns: 100 });
  });

  it('reads any bytes as protobuf-es does', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const schema of [everythingSchema, events.EventSchema]) expect(outcome(() => decodeMessage(schema, bytes))).toEqual(outcome(() => fromBinary(schema, bytes)));
    }), { numRuns: 3000 });
  });

  it('throws for lengths beyond the end', () => {
    for (const field of everythingSchema.fields) {
      const bytes = new BinaryWriter().tag(field.number, WireType.LengthDelimited).uint32(0xffffffff).raw(new Uint8Array(8)).finish();
      expect([field.name, outcome(() => decodeMessage(everythingSchema, bytes))]).toEqual([field.name, outcome(() => fromBinary(everythingSchema, bytes))]);
    }
  });

  it('throws for messages and groups that lie too deep', () => {
    const { number } = everythingSchema.field['oneMessage']!;
    let bytes = new Uint8Array(0);
    for (let depth = 1; depth < 103; depth++) {
      expect([depth, outcome(() => decodeMessage(everythingSchema, bytes))]).toEqual([depth, outcome(() => fromBinary(everythingSchema, bytes))]);
      bytes = new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
    }
    expect(() => decodeMessage(everythingSchema, bytes)).toThrow('cannot decode message test.Everything from binary: maximum recursion depth of 100 reached');
    const group = (depth: number) => new Uint8Array([...Array.from({ length: depth }, () => 0xd3).flatMap((tag) => [tag, 1]), ...Array.from({ length: depth }, () => 0xd4).flatMap((tag) => [tag, 1])]);
    for (const depth of [1, 98, 99, 100, 101]) expect([depth, outcome(() => decodeMessage(events.ContextSchema, group(depth)))]).toEqual([depth, outcome(() => fromBinary(events.ContextSchema, group(depth)))]);
    expect(() => decodeMessage(events.ContextSchema, group(101))).toThrow('maximum recursion depth');
  });

  it('merges what comes twice, and reads numbers packed or not', () => {
    const [a, b] = [{ value: { case: 'text' as const, value: 'x' } }, { value: { case: 'numbers' as const, value: { values: [1, 2] } } }];
    const bytes = Buffer.concat([{ device: 'tv', attributes: { a } }, { country: 'GB', attributes: { b } }].map((context) => expected(ranking.RankRequestSchema, { context })));
    expect(decodeMessage(ranking.RankRequestSchema, bytes)).toStrictEqual(create(ranking.RankRequestSchema, { context: { device: 'tv', country: 'GB', attributes: { a, b } } }));
    const loose = new BinaryWriter().tag(1, WireType.Bit64).double(3).tag(1, WireType.LengthDelimited).fork().double(4).double(5).join().finish();
    expect(decodeMessage(events.NumberListSchema, loose).values).toEqual([3, 4, 5]);
  });

  it('keeps fields that it does not know', () => {
    const bytes = new BinaryWriter().tag(3, WireType.LengthDelimited).string('GB').tag(99, WireType.Varint).uint32(300).tag(98, WireType.LengthDelimited).string('new').finish();
    const message = decodeMessage(events.ContextSchema, bytes);
    expect(message).toStrictEqual(fromBinary(events.ContextSchema, bytes));
    expect(hex(encodeMessage(events.ContextSchema, message))).toBe(hex(bytes));
    expect(hex(encodeMessage(events.ContextSchema, { ...message, $typeName: undefined } as never))).toBe(hex(bytes.subarray(0, 4)));
  });

  it('answers bytes as plain arrays over the received buffer', () => {
    const bytes = encodeMessage(ranking.RankResultSchema, { scores: new Uint8Array([1, 2, 3]), ranker: 'r' });
    const { scores } = decodeMessage(ranking.RankResultSchema, bytes);
    expect(Buffer.isBuffer(scores)).toBe(false);
    expect(scores).toEqual(new Uint8Array([1, 2, 3]));
    expect(scores.buffer).toBe(bytes.buffer);
  });

  it('writes messages of any size, each into bytes of its own', () => {
    const sizes = [0, 100, 70_000, 70_000, 131_072, 1_000_000, 10, 3_000_000, 20_000];
    const messages = sizes.map((size, i) => ({ results: [{ version: 'before' }, { scores: new Uint8Array(size).fill(i), version: 'é'.repeat(size / 10), boosts: new Uint8Array(size).fill(i) }] }));
    const all = messages.map((message) => encodeMessage(retrieval.RetrieveCandidatesResponseSchema, message));
    expect(all.map((bytes) => bytes.equals(expected(retrieval.RetrieveCandidatesResponseSchema, messages[all.indexOf(bytes)]!)))).toEqual(sizes.map(() => true));
  });

  it('writes a message while another is written', () => {
    const request = { nowMs: 7, tenant: 't', get ranker() { return encodeMessage(events.TextListSchema, { values: ['inner'] }).toString('latin1'); } };
    expect(hex(encodeMessage(ranking.RankRequestSchema, request))).toBe(hex(expected(ranking.RankRequestSchema, request)));
  });

  it.each<[string, DescMessage, unknown]>([
    ['nothing', events.EventItemSchema, undefined], ['null', events.EventItemSchema, null], ['a text', events.EventItemSchema, 'item'], ['a number that is none', events.EventItemSchema, { quantity: 'many' }],
    ['a fraction', events.EventItemSchema, { quantity: 0.5 }], ['a negative number', events.EventItemSchema, { quantity: -1 }], ['a text in place of a message', ranking.RankRequestSchema, { context: 'tv' }],
    ['a list of nothing', ranking.RankCandidatesRequestSchema, { requests: [null] }], ['a message that is not there', ranking.RankCandidatesRequestSchema, { requests: [undefined] }],
    ['a float that is none', ranking.HeadWeightSchema, { weight: 1e300 }], ['a text of bytes', ranking.RankResultSchema, { scores: 'abc' }], ['another message', events.ContextSchema, create(events.ItemSchema, { id: 'i' })],
    ['a number as text', events.EventItemSchema, { quantity: '7' }], ['a text that is a number', events.EventItemSchema, { itemId: 7 }], ['a form of its own', StructSchema, { fields: { a: { kind: { case: 'numberValue', value: 1 } } } }],
  ])('says of %s what protobuf-es says', (_, schema, init) => {
    const said = (write: () => Uint8Array): string => {
      try {
        return hex(write());
      } catch (error) {
        return String(error);
      }
    };
    expect(said(() => encodeMessage(schema, init as never))).toBe(said(() => expected(schema, init as never)));
  });
});
