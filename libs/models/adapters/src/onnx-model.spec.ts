import { describe, expect, it } from '@jest/globals';
import { OnnxGraph } from '@serendip/platform-onnx';
import { parseOnnx } from './onnx-model.js';

describe('an ONNX model as an object', () => {
  const graph = new OnnxGraph('one');
  graph.output('scores', graph.node('Relu', [graph.input('features', 'float32', ['rows', 2])]), 'float32', ['rows', 2]);
  const bytes = graph.build();

  it('has one graph', () => {
    expect(parseOnnx(bytes).graph.node.map(({ opType }) => opType)).toEqual(['Relu', 'Identity']);
  });

  it('is refused with two, which are not merged, with none, and where bytes are missing', () => {
    const unreadable = (why: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'MODEL_UNREADABLE', message: expect.stringContaining(why) });
    expect(() => parseOnnx(Buffer.concat([bytes, bytes]))).toThrow(unreadable('2 graphs'));
    expect(() => parseOnnx(new Uint8Array())).toThrow(unreadable('0 graphs'));
    expect(() => parseOnnx(bytes.subarray(0, bytes.length - 1))).toThrow(unreadable('no ONNX model'));
  });
});
