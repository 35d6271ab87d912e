import type { ItemColumns } from '@serendip/shared-catalogue';
import type { ItemView, ListView } from './bindings.js';

/** A row of item columns as expressions see it, without making anything. Set `row` to go on to another one; its lists go with it. */
export class ColumnsItemView implements ItemView {
  row = -1;
  readonly categories: ListView;
  readonly tags: ListView;

  constructor(private readonly columns: ItemColumns) {
    this.categories = new CategoryList(this, columns);
    this.tags = new TagList(this, columns);
  }

  get id(): string { return this.columns.id(this.row); }
  get title(): string { return this.columns.title(this.row); }
  get available(): boolean { return this.columns.live[this.row] === 1; }

  get price(): number | undefined {
    const price = this.columns.price[this.row]!;
    return Number.isNaN(price) ? undefined : price;
  }

  get publishedAt(): number | undefined {
    const publishedAt = this.columns.publishedAtMs[this.row]!;
    return Number.isFinite(publishedAt) ? publishedAt : undefined;
  }

  attribute(name: string): unknown {
    const attributes = this.columns.attributesOf(this.row);
    return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  }
}

class CategoryList implements ListView {
  constructor(private readonly view: ColumnsItemView, private readonly columns: ItemColumns) {}

  get length(): number { return this.columns.categoriesOf(this.view.row).length; }

  at(index: number): unknown {
    const number = this.columns.categoriesOf(this.view.row)[index];
    return number === undefined ? undefined : this.columns.categories.name(number);
  }

  includes(value: unknown): boolean {
    if (typeof value !== 'string') return false;
    const number = this.columns.categories.find(value);
    return number >= 0 && this.columns.categoriesOf(this.view.row).includes(number);
  }
}

class TagList implements ListView {
  constructor(private readonly view: ColumnsItemView, private readonly columns: ItemColumns) {}

  get length(): number { return this.columns.tagCount(this.view.row); }

  at(index: number): unknown {
    return this.columns.tag(this.view.row, index);
  }

  includes(value: unknown): boolean {
    return typeof value === 'string' && this.columns.hasTag(this.view.row, value);
  }
}
