/** The most that a model may be, whatever its format. */
export const LIMITS = { bytes: 2 ** 29, nodes: 20_000, elements: 2 ** 27 } as const;

export interface Scan {
  /** What is wrong and what to do about it, a sentence each; none for a model that may be loaded. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Of sizes that are within no one's limits. */
export function sizeFaults(name: string, { nodes, elements }: { readonly nodes: number; readonly elements: number }): readonly string[] {
  return [
    ...(nodes <= LIMITS.nodes ? [] : [`${name} has ${nodes} nodes, more than ${LIMITS.nodes}: make it smaller.`]),
    ...(elements <= LIMITS.elements ? [] : [`${name} says that it holds ${elements} weights, more than ${LIMITS.elements}: make it smaller.`]),
  ];
}
