import type { events, features } from '@serendip/shared-contracts';
import type { ItemDocument } from '@serendip/serving-domain';
import { attributeOf } from './context-message.js';

/** Epoch milliseconds as RFC 3339; undefined for what is no date: one odd item must not spoil an answer. */
export function isoTime(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** An item's public fields, as API.md names them; what it does not have is left out. */
export function publicFields(item: events.Item): Readonly<Record<string, unknown>> {
  const { title, description, categories, tags, price } = item;
  const attributes = Object.fromEntries(Object.entries(item.attributes).map(([name, value]) => [name, attributeOf(value)]));
  return {
    ...(title === '' ? {} : { title }),
    ...(description === '' ? {} : { description }),
    categories,
    tags,
    attributes,
    ...(price === undefined ? {} : { price }),
    available: item.available ?? true,
    ...(item.publishedAtMs === undefined ? {} : { publishedAt: isoTime(item.publishedAtMs) }),
    ...(item.expiresAtMs === undefined ? {} : { expiresAt: isoTime(item.expiresAtMs) }),
  };
}

/** A catalogue entry as the gateway shows and checks it. */
export function documentOfEntry({ ordinal, version, deleted, item }: features.CatalogueEntry): ItemDocument | undefined {
  if (item === undefined) return undefined;
  return {
    ordinal, version, deleted, id: item.id, available: item.available ?? true,
    publishedAtMs: item.publishedAtMs ?? -Infinity, expiresAtMs: item.expiresAtMs ?? Infinity, fields: publicFields(item),
  };
}
