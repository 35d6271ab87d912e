/** States entry by entry. */

/** Values by table and key, as hexadecimal text. */
export type Dump = ReadonlyMap<string, string>;

/** Entries that are in one only, or differ; the first few of them by name. */
export function differences(a: Dump, b: Dump): { readonly count: number; readonly some: readonly string[] } {
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
  return { count: differing.length, some: differing.slice(0, 5) };
}
