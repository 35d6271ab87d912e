import type { CatalogueReader, ItemKey, StoredItem } from '@serendip/features-domain';
import type { StateTables } from './state-tables.js';

export class LmdbCatalogueReader implements CatalogueReader {
  constructor(private readonly tables: Pick<StateTables, 'items' | 'ordinals' | 'changes'>) {}

  async itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]> {
    return Array.from(ordinals, (ordinal) => this.tables.items.get([tenant, ordinal]));
  }

  async itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return keys.map((key) => this.byHash(key));
  }

  async ordinals(keys: readonly ItemKey[]): Promise<Int32Array> {
    return Int32Array.from(keys, (key) => this.ordinalOf(key) ?? -1);
  }

  async listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]> {
    return [...this.tables.items.getRange({ start: [tenant, fromOrdinal], end: [tenant, Infinity], limit: max })].map(({ value }) => value);
  }

  async changedItems(tenant: string, partition: number, { after, max }: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]> {
    const range = this.tables.changes.getRange({ start: [tenant, partition, after + 1], end: [tenant, partition, Infinity], limit: max });
    return [...range].flatMap(({ value: ordinal }) => this.tables.items.get([tenant, ordinal]) ?? []);
  }

  byHash(key: ItemKey): StoredItem | undefined {
    const ordinal = this.ordinalOf(key);
    return ordinal === undefined ? undefined : this.tables.items.get([key.tenant, ordinal]);
  }

  private ordinalOf({ tenant, lo, hi }: ItemKey): number | undefined {
    return this.tables.ordinals.get([tenant, hi, lo]);
  }
}
