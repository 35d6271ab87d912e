/** Asks for the things of each partition at once, all partitions before the first has answered; the answers in the order of the things. */
export async function inParts<T, R>(things: readonly T[], partitionOf: (thing: T) => number, ask: (partition: number, some: readonly T[]) => Promise<readonly R[]>): Promise<R[]> {
  const answers = new Array<R>(things.length);
  const parts = Map.groupBy(things.keys(), (i) => partitionOf(things[i]!));
  await Promise.all([...parts].map(async ([partition, places]) => {
    const some = await ask(partition, places.map((i) => things[i]!));
    places.forEach((place, i) => { answers[place] = some[i]!; });
  }));
  return answers;
}
