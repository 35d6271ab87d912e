import type { AttributeValue } from './catalogue-item.js';

/** What the values of an attribute are; `mixed` when items disagree. */
export type AttributeType = 'string' | 'number' | 'boolean' | 'strings' | 'numbers' | 'mixed';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** How many items have an attribute of each name, by what its values are. An empty list is one of whatever the others are. */
export class AttributeCensus {
  private readonly counts = new Map<string, Map<AttributeType, number>>();
  private described: Readonly<Record<string, AttributeType>> | undefined;

  /** An item has these attributes now, instead of those before. */
  replace(before: Attributes, now: Attributes): void {
    this.count(before, -1);
    this.count(now, 1);
  }

  /** Each attribute that an item has, names ascending; the same object until it is another answer. */
  types(): Readonly<Record<string, AttributeType>> {
    return this.described ??= Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, types]) => [name, types.size > 1 ? 'mixed' : [...types.keys()][0]!]));
  }

  private count(attributes: Attributes, by: 1 | -1): void {
    for (const [name, value] of Object.entries(attributes)) {
      const type = typeOf(value);
      if (type === undefined) continue;
      let types = this.counts.get(name);
      if (types === undefined) this.counts.set(name, types = new Map());
      const count = (types.get(type) ?? 0) + by;
      if (count === 0) types.delete(type);
      else types.set(type, count);
      if (count === 0 || count === by) this.described = undefined;
      if (types.size === 0) this.counts.delete(name);
    }
  }
}

function typeOf(value: AttributeValue): AttributeType | undefined {
  if (typeof value !== 'object') return typeof value as 'string' | 'number' | 'boolean';
  return value.length === 0 ? undefined : typeof value[0] === 'number' ? 'numbers' : 'strings';
}
