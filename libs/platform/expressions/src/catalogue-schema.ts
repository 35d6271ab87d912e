import type { AttributeType } from '@serendip/shared-catalogue';

export type { AttributeType };

/** The attributes that a tenant's items have, beside the fields that every item has. Never changed: a new version is a new object. */
export interface CatalogueSchema {
  readonly attributes: Readonly<Record<string, AttributeType>>;
}

/** CEL's types of the fields that every item has. A field hides an attribute of its name. */
export const ITEM_FIELDS: Readonly<Record<string, string>> = {
  id: 'string', title: 'string', categories: 'list<string>', tags: 'list<string>', price: 'double', publishedAt: 'google.protobuf.Timestamp', available: 'bool',
};

const CEL_TYPES: Readonly<Record<AttributeType, string>> = {
  string: 'string', number: 'double', boolean: 'bool', strings: 'list<string>', numbers: 'list<double>', mixed: 'dyn',
};

/** CEL's type of an item's field or attribute; undefined for one that the schema doesn't have. Without a schema every attribute may exist. */
export function fieldType(name: string, schema: CatalogueSchema | undefined): string | undefined {
  if (Object.hasOwn(ITEM_FIELDS, name)) return ITEM_FIELDS[name];
  if (schema === undefined) return 'dyn';
  const type = Object.hasOwn(schema.attributes, name) ? schema.attributes[name] : undefined;
  return type === undefined ? undefined : CEL_TYPES[type];
}

/** The names that `item.` is known to be followed by. */
export function fieldNames(schema: CatalogueSchema | undefined): string[] {
  return [...Object.keys(ITEM_FIELDS), ...Object.keys(schema?.attributes ?? {})];
}
