/** Asks for the things of each part at once, all parts before the first has answered; the answers in the order of the things. */
export async function inParts<T, R>(things: readonly T[], partOf: (thing: T) => number, ask: (some: readonly T[]) => Promise<readonly R[]>): Promise<R[]> {
  const answers = new Array<R>(things.length);
  const parts = Map.groupBy(things.keys(), (i) => partOf(things[i]!));
  await Promise.all([...parts.values()].map(async (places) => {
    const some = await ask(places.map((i) => things[i]!));
    places.forEach((place, i) => { answers[place] = some[i]!; });
  }));
  return answers;
}
