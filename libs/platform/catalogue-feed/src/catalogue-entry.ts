import type { AttributeValue, CatalogueItem } from '@serendip/shared-catalogue';
import type { events, features } from '@serendip/shared-contracts';

/** An entry of the feature store as an item of the columns; an absent field gets the value that stands for its absence. */
export function catalogueItemOf({ ordinal, version, deleted, item }: features.CatalogueEntry): CatalogueItem {
  return {
    ordinal,
    version,
    deleted: deleted || item === undefined,
    id: item?.id ?? '',
    title: item?.title ?? '',
    categories: item?.categories ?? [],
    tags: item?.tags ?? [],
    price: item?.price ?? NaN,
    available: item?.available ?? true,
    publishedAtMs: item?.publishedAtMs ?? -Infinity,
    expiresAtMs: item?.expiresAtMs ?? Infinity,
    attributes: attributeValuesOf(item?.attributes ?? {}),
  };
}

/** Attributes of the wire as plain values. */
export function attributeValuesOf(attributes: Readonly<Record<string, events.AttributeValue>>): Record<string, AttributeValue> {
  const values: Record<string, AttributeValue> = {};
  for (const [name, { value }] of Object.entries(attributes)) {
    if (value.case === undefined) continue;
    values[name] = typeof value.value === 'object' ? value.value.values : value.value;
  }
  return values;
}
