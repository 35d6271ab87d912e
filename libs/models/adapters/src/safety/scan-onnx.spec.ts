import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scanOnnx } from './scan-onnx.js';

const { LengthDelimited, Varint } = WireType;
const field = (number: number, bytes: Uint8Array): Uint8Array => new BinaryWriter().tag(number, LengthDelimited).bytes(bytes).finish();
const graph = (...parts: readonly Uint8Array[]): Uint8Array => field(7, Buffer.concat(parts));
const node = (operator: string, domain = '', ...attributes: readonly Uint8Array[]): Uint8Array => (
  field(1, Buffer.concat([new BinaryWriter().tag(4, LengthDelimited).string(operator).tag(7, LengthDelimited).string(domain).finish(), ...attributes.map((attribute) => field(5, attribute))])));
const weight = (write: (tensor: BinaryWriter) => BinaryWriter): Uint8Array => field(5, write(new BinaryWriter().tag(8, LengthDelimited).string('w')).finish());
const faults = (...parts: readonly Uint8Array[]): string => scanOnnx('model.onnx', graph(...parts)).faults.join(' ');

describe('the scan of a model', () => {
  it('counts what is in it', () => {
    const { faults: none, figures } = scanOnnx('model.onnx', graph(node('Add'), node('Add'), node('Gelu', 'com.microsoft'), weight((tensor) => tensor.tag(1, Varint).int64(3).tag(1, Varint).int64(4))));
    expect(none).toEqual([]);
    expect(figures).toMatchObject({ nodes: 3, operators: 2, weights: 12, subgraphDepth: 0 });
  });

  it('finds weights that lie elsewhere, however that is said', () => {
    const elsewhere = /keeps 'w' in another file/;
    expect(faults(weight((tensor) => tensor.tag(14, Varint).int32(1)))).toMatch(elsewhere);
    expect(faults(weight((tensor) => tensor.tag(13, LengthDelimited).bytes(Uint8Array.of())))).toMatch(elsewhere);
    expect(faults(weight((tensor) => tensor.tag(13, LengthDelimited).bytes(Uint8Array.of()).tag(14, Varint).int32(1)))).toMatch(elsewhere);
    const inside = new BinaryWriter().tag(5, LengthDelimited).bytes(new BinaryWriter().tag(8, LengthDelimited).string('w').tag(14, Varint).int32(1).finish()).finish();
    expect(faults(node('Constant', '', inside))).toMatch(elsewhere);
  });

  it('finds operators that are not allowed, in subgraphs too', () => {
    expect(faults(node('If', '', field(6, node('Loop'))))).toMatch(/Loop: loops may never end/);
    expect(faults(node('If', '', field(11, node('Add', 'evil'))))).toMatch(/evil::Add.*code/);
    expect(faults(node('Add', 'ai.onnx'))).toBe('');
  });

  it('refuses sizes that are none, or more than it takes', () => {
    expect(faults(weight((tensor) => tensor.tag(1, Varint).int64(-5)))).toMatch(/invalid shape/);
    expect(faults(weight((tensor) => tensor.tag(1, LengthDelimited).bytes(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x10))))).toMatch(/weights, more than/);
  });

  it('reads any bytes, and says what is wrong with them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const each of [bytes, graph(bytes)]) expect(scanOnnx('model.onnx', each).faults.every((fault) => fault.startsWith('model.onnx'))).toBe(true);
    }));
  });
});
