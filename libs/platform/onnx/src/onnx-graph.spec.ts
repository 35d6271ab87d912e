import { describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxGraph } from './onnx-graph.js';

async function run(graph: OnnxGraph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(graph.build(), { intraOpNumThreads: 1 });
  const result = await session.run(feeds);
  await session.release();
  return result as Record<string, Tensor>;
}

describe('OnnxGraph', () => {
  it('writes a model the runtime loads and computes with', async () => {
    const graph = new OnnxGraph('affine');
    const x = graph.input('x', 'float32', ['rows', 2]);
    const y = graph.node('Gemm', [x, graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]), graph.constant(Float32Array.of(10, 20, 30))], { transB: 1 });
    graph.output('y', y, 'float32', ['rows', 3]);
    const { y: result } = await run(graph, { x: new Tensor('float32', Float32Array.of(1, 1, 2, 0), [2, 2]) });
    expect([...(result!.data as Float32Array)]).toEqual([13, 27, 41, 12, 26, 40]);
    expect(result!.dims).toEqual([2, 3]);
  });

  it('keeps negative integers, floats, lists, texts and operators of other domains', async () => {
    const graph = new OnnxGraph('attributes');
    const x = graph.input('x', 'float32', [2, 3]);
    const sums = graph.node('ReduceSum', [x, graph.integers([-1])], { keepdims: 0 });
    const transposed = graph.node('Transpose', [x], { perm: [1, 0] });
    const product = graph.node('com.microsoft::FusedMatMul', [x, transposed], { alpha: { float: 0.5 } });
    const text = graph.node('Einsum', [sums, product], { equation: 'a,ab->b' });
    graph.output('y', text, 'float32', [2]);
    const { y } = await run(graph, { x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]) });
    expect([...(y!.data as Float32Array)]).toEqual([6 * 7 + 15 * 16, 6 * 16 + 15 * 38.5]);
  });

  it('refuses a constant whose size is not its shape', () => {
    expect(() => new OnnxGraph('bad').constant(new Float32Array(5), [2, 3])).toThrow(/6 values, not 5/);
  });

  it('writes constants larger than its first buffer', async () => {
    const graph = new OnnxGraph('large');
    const x = graph.input('x', 'int32', ['n']);
    graph.output('y', graph.node('Gather', [graph.constant(Float32Array.from({ length: 50_000 }, (_, i) => i)), x]), 'float32', ['n']);
    const { y } = await run(graph, { x: new Tensor('int32', Int32Array.of(49_999, 7), [2]) });
    expect([...(y!.data as Float32Array)]).toEqual([49_999, 7]);
  });
});
