import type { TensorSignature } from '@serendip/platform-bundles';
import { CheckFailed, type Passed } from './check.js';
import type { GraphSignature, GraphTensor } from './isolated/messages.js';

/** Holds what the graph takes and answers against what model.yaml says. Throws CheckFailed with every difference. */
export function checkSignature(said: { readonly inputs: readonly TensorSignature[]; readonly outputs: readonly TensorSignature[] }, graph: GraphSignature): Passed {
  const faults = [...differences('input', said.inputs, graph.inputs), ...differences('output', said.outputs, graph.outputs)];
  if (faults.length > 0) throw new CheckFailed(`${faults.join('. ')}.`);
  return { detail: `The graph takes ${described(graph.inputs)} and answers ${described(graph.outputs)}.` };
}

const described = (tensors: readonly GraphTensor[]): string => tensors.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(', ')}]`).join(', ');

function differences(what: 'input' | 'output', said: readonly TensorSignature[], graph: readonly GraphTensor[]): string[] {
  return [
    ...graph.filter(({ name }) => !said.some((tensor) => tensor.name === name)).map(({ name }) => `the graph has an ${what} '${name}' that model.yaml doesn't name`),
    ...said.flatMap(({ name, dtype, shape }) => {
      const there = graph.find((tensor) => tensor.name === name);
      if (there === undefined) return [`the graph has no ${what} '${name}': it has ${graph.map((tensor) => tensor.name).join(', ') || 'none'}`];
      if (there.dtype !== dtype) return [`${what} '${name}' is ${there.dtype} in the graph and ${dtype} in model.yaml`];
      return fits(shape, there.shape) ? [] : [`${what} '${name}' has the shape [${there.shape.join(', ')}] in the graph and [${shape.join(', ')}] in model.yaml`];
    }),
  ];
}

/** What the graph leaves open may be said; what it fixes must be the same, but for the rows, which it must leave open. */
function fits(said: readonly (number | string)[], graph: readonly (number | string)[]): boolean {
  const isOpen = (size: number | string | undefined): boolean => typeof size === 'string' || size === undefined || size < 0;
  return said.length === graph.length && said.every((size, i) => isOpen(graph[i]) || (i > 0 && (graph[i] === size)));
}
