import type { ItemView, ListView } from './bindings.js';

/** What is read of an item's document: `fields` has title, categories, tags, price and attributes. */
export interface DocumentParts {
  readonly id: string;
  readonly available: boolean;
  /** Epoch milliseconds; -Infinity for since ever. */
  readonly publishedAtMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

const NONE: readonly string[] = [];

/** A document as expressions see it. Set `document` to go on to another one. */
export class DocumentItemView implements ItemView {
  constructor(public document: DocumentParts) {}

  get id(): string { return this.document.id; }
  get title(): string { return typeof this.document.fields['title'] === 'string' ? this.document.fields['title'] : ''; }
  get categories(): ListView { return listOf(this.document.fields['categories']); }
  get tags(): ListView { return listOf(this.document.fields['tags']); }
  get available(): boolean { return this.document.available; }

  get price(): number | undefined {
    const { price } = this.document.fields;
    return typeof price === 'number' && !Number.isNaN(price) ? price : undefined;
  }

  get publishedAt(): number | undefined {
    return Number.isFinite(this.document.publishedAtMs) ? this.document.publishedAtMs : undefined;
  }

  attribute(name: string): unknown {
    const { attributes } = this.document.fields;
    return typeof attributes === 'object' && attributes !== null && Object.hasOwn(attributes, name) ? (attributes as Record<string, unknown>)[name] : undefined;
  }
}

function listOf(value: unknown): ListView {
  return Array.isArray(value) ? value : NONE;
}
