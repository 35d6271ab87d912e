import { describe, expect, it } from '@jest/globals';
import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { scanOnnx } from '../safety/scan-onnx.js';
import { compressGraph, type Compression } from './compress-graph.js';

const WIDTHS = [24, 64, 32, 2];
const ROWS = 40;

/** Numbers that look like chance, the same every time. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_824 - 1;
  });
}

type Dense = (graph: OnnxGraph, value: Value, layer: { readonly weights: Float32Array; readonly inputs: number; readonly outputs: number; readonly bias: Float32Array }) => Value;

const transposed = (weights: Float32Array, inputs: number, outputs: number): Float32Array => weights.map((_, i) => weights[(i % inputs) * outputs + Math.floor(i / inputs)]!);

/** The same product as three tools export it. */
const dense: Readonly<Record<string, Dense>> = {
  'Gemm by outputs': (graph, value, { weights, inputs, outputs, bias }) => graph.node('Gemm', [value, graph.constant(transposed(weights, inputs, outputs), [outputs, inputs]), graph.constant(bias)], { transB: 1 }),
  'Gemm by inputs': (graph, value, { weights, inputs, outputs, bias }) => graph.node('Gemm', [value, graph.constant(weights, [inputs, outputs]), graph.constant(bias)]),
  'MatMul and Add': (graph, value, { weights, inputs, outputs, bias }) => graph.node('Add', [graph.constant(bias), graph.node('MatMul', [value, graph.constant(weights, [inputs, outputs])])]),
};

/** Of the first hidden layer, units from this one on carry nothing: they are on, and nobody listens. */
const LISTENED = 48;

function network(tool: Dense, opset = 17): Uint8Array {
  const graph = new OnnxGraph('network', { opset });
  let value = graph.input('features', 'float32', ['rows', WIDTHS[0]!]);
  WIDTHS.slice(1).forEach((outputs, i) => {
    const inputs = WIDTHS[i]!;
    const weights = numbers(inputs * outputs, i + 7).map((weight, at) => (i === 1 && Math.floor(at / outputs) >= LISTENED ? 0 : weight / Math.sqrt(inputs)));
    value = tool(graph, value, { weights, inputs, outputs, bias: numbers(outputs, i + 70) });
    value = graph.node(i < WIDTHS.length - 2 ? 'Relu' : 'Sigmoid', [value]);
  });
  graph.output('scores', value, 'float32', ['rows', WIDTHS.at(-1)!]);
  return graph.build();
}

async function scores(model: Uint8Array, rows = ROWS): Promise<Float32Array> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const { scores: output } = await session.run({ features: new Tensor('float32', numbers(ROWS * WIDTHS[0]!, 3).subarray(0, rows * WIDTHS[0]!), [rows, WIDTHS[0]!]) });
  await session.release();
  return output!.data as Float32Array;
}

const furthest = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
const int8: Compression = { kind: 'int8' };
const fp16: Compression = { kind: 'fp16' };
const refused = (model: Uint8Array, compression: Compression, message: RegExp): void => expect(() => compressGraph(model, compression)).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'NOT_COMPRESSIBLE', message: expect.stringMatching(message) }));

describe.each(Object.keys(dense))('a network of %s', (tool) => {
  const model = network(dense[tool]!);

  it.each<[string, Compression, number, number]>([['8 bits', int8, 0.4, 0.01], ['16 bits', fp16, 0.6, 0.001]])('keeps its scores nearly with weights of %s, a row by itself as among others', async (_, compression, size, far) => {
    const { onnx, how } = compressGraph(model, compression);
    expect(how).toContain('3 matrices');
    expect(onnx.length).toBeLessThan(size * model.length);
    const before = await scores(model);
    const after = await scores(onnx);
    expect(furthest(after, before)).toBeLessThan(far);
    expect(furthest(after, before)).toBeGreaterThan(0);
    expect(furthest(await scores(onnx, 1), after)).toBeLessThan(1e-6);
    expect(scanOnnx('model.onnx', onnx).faults).toEqual([]);
  });

  it('loses the units that carry nothing first, and answers the same without them', async () => {
    const { onnx, how } = compressGraph(model, { kind: 'prune', ratio: 0.25 });
    expect(how).toBe('pruned by 0.25: units 64→48, 32→24');
    expect(onnx.length).toBeLessThan(0.75 * model.length);
    const lastOnly = compressGraph(onnx, { kind: 'prune', ratio: 0 }).onnx;
    expect(await scores(lastOnly)).toEqual(await scores(onnx));
    expect(furthest(await scores(onnx), await scores(model))).toBeLessThan(0.2);
  });
});

describe('compressing a graph', () => {
  const byOutputs = dense['Gemm by outputs']!;

  it('takes units out exactly where nothing listens', async () => {
    const graph = new OnnxGraph('deaf');
    const hidden = byOutputs(graph, graph.input('features', 'float32', ['rows', WIDTHS[0]!]), { weights: numbers(WIDTHS[0]! * 8, 5), inputs: WIDTHS[0]!, outputs: 8, bias: numbers(8, 6) });
    const weights = numbers(16, 9).map((weight, i) => (Math.floor(i / 2) % 2 === 0 ? weight : 0));
    graph.output('scores', byOutputs(graph, graph.node('Tanh', [hidden]), { weights, inputs: 8, outputs: 2, bias: numbers(2, 8) }), 'float32', ['rows', 2]);
    const model = graph.build();
    expect(furthest(await scores(compressGraph(model, { kind: 'prune', ratio: 0.5 }).onnx), await scores(model))).toBeLessThan(1e-5);
    expect(furthest(await scores(compressGraph(model, { kind: 'prune', ratio: 0.75 }).onnx), await scores(model))).toBeGreaterThan(0.01);
  });

  it('leaves units alone that something else listens to', () => {
    const graph = new OnnxGraph('residual');
    const hidden = graph.node('Relu', [byOutputs(graph, graph.input('features', 'float32', ['rows', 4]), { weights: numbers(16, 1), inputs: 4, outputs: 4, bias: numbers(4, 2) })]);
    const next = byOutputs(graph, hidden, { weights: numbers(16, 3), inputs: 4, outputs: 4, bias: numbers(4, 4) });
    graph.output('scores', graph.node('Add', [hidden, next]), 'float32', ['rows', 4]);
    refused(graph.build(), { kind: 'prune', ratio: 0.5 }, /no hidden layer/);
  });

  it('refuses trees, what has no matrices, and what 16 bits or an old operator set can not say', () => {
    const one = (operator: string): Uint8Array => {
      const graph = new OnnxGraph('one');
      graph.output('scores', graph.node(operator, [graph.input('features', 'float32', ['rows', 2])]), 'float32', ['rows', 2]);
      return graph.build();
    };
    refused(one('ai.onnx.ml::TreeEnsembleRegressor'), int8, /trees.*--distill/);
    refused(one('Relu'), fp16, /no product/);
    const large = new OnnxGraph('large');
    large.output('scores', large.node('MatMul', [large.input('features', 'float32', ['rows', 1]), large.constant(Float32Array.of(70_000), [1, 1])]), 'float32', ['rows', 1]);
    refused(large.build(), fp16, /--int8/);
    refused(network(byOutputs, 12), int8, /operator set 12/);
  });

  it('says of bytes that are no model that they are none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(() => compressGraph(bytes, int8)).toThrow(expect.objectContaining({ reason: expect.stringMatching(/^(MODEL_UNREADABLE|NOT_COMPRESSIBLE)$/) }));
    }));
  });
});
