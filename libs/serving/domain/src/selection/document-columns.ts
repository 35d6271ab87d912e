import type { ItemDocument } from '../recommendation.js';

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []);

/** The group of an item for a cap: its first category, or an attribute's value (the first of a list); undefined for none. */
function groupOf({ fields }: ItemDocument, group: string): string | undefined {
  if (group === 'categories') return texts(fields.categories)[0];
  const value = (fields.attributes as Readonly<Record<string, unknown>> | undefined)?.[group];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return first === undefined ? undefined : String(first);
}

/** Each item's group as a number from 0, or -1 for none. */
export function groupColumn(documents: readonly ItemDocument[], group: string): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(documents, (document) => {
    const name = groupOf(document, group);
    return name === undefined ? -1 : numberOf(numbers, name);
  });
}

/** Numbers of each item's categories and tags, ascending; a tag is never a category of the same name. */
export function labelColumns(documents: readonly ItemDocument[]): readonly Int32Array[] {
  const numbers = new Map<string, number>();
  return documents.map(({ fields }) => {
    const labels = [...texts(fields.categories), ...texts(fields.tags).map((tag) => `tag=${tag}`)];
    return Int32Array.from(new Set(labels.map((label) => numberOf(numbers, label)))).sort();
  });
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}
