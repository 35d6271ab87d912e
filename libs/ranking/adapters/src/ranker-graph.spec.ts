import { describe, expect, it } from '@jest/globals';
import { OnnxGraph, type Dimension } from '@serendip/platform-onnx';
import { RankerGraph, type RankerShape } from './ranker-graph.js';

const options = { format: 'onnx', device: 'cpu', sessions: 1, onFallback: () => undefined } as const;
const rows = Float32Array.of(1, 2, 3, 4);

/** Two features; outputs by name with the columns of the input that they are. */
function graphOf(outputs: Readonly<Record<string, readonly number[]>>, shape: readonly Dimension[] = ['rows', 2]) {
  const graph = new OnnxGraph('columns');
  const input = graph.input('features', 'float32', shape);
  for (const [name, columns] of Object.entries(outputs)) graph.output(name, graph.node('Gather', [input, graph.integers(columns)], { axis: 1 }), 'float32', ['rows', columns.length]);
  return { 'model.onnx': graph.build() };
}

const open = (files: ReturnType<typeof graphOf>, heads: RankerShape['heads'], features = 2) => RankerGraph.open(files, { features, heads }, options);

describe('a ranker\'s graph', () => {
  it('answers its heads side by side, from one output', async () => {
    const graph = await open(graphOf({ scores: [1, 0] }), ['a', 'b']);
    expect([...await graph.run(rows, 2)]).toEqual([2, 1, 4, 3]);
    await graph.close();
  });

  it('answers its heads side by side, in the manifest\'s order, from an output each', async () => {
    const graph = await open(graphOf({ b: [1], a: [0], unused: [0, 1] }), ['a', 'b']);
    expect([...await graph.run(rows, 2)]).toEqual([1, 2, 3, 4]);
    await graph.close();
  });

  it.each([
    ['heads that it has no output for', graphOf({ a: [0] }), ['a', 'b'], 2, '\'b\' float32 [rows, 1]'],
    ['another number of heads', graphOf({ scores: [0, 1] }), ['a'], 2, 'not float32 [rows, 1]'],
    ['another number of features', graphOf({ scores: [0] }), ['a'], 3, 'not features float32 [rows, 3]'],
  ])('is refused for %s, with what it has', async (_, files, heads, features, reason) => {
    await expect(open(files, heads, features)).rejects.toMatchObject({ reason: 'MODEL_INVALID', message: expect.stringContaining(reason) });
  });
});
