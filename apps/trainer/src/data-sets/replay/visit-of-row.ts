import type { VisitAttribute, VisitFields } from '@serendip/ranking-domain';
import type { EventRow } from '../export/event-row.js';

/** What was known of a visit, from its columns; undefined where nothing was. */
export function visitOf({ context_device: device, context_locale: locale, context_country: country, context_attributes: json }: EventRow): VisitFields | undefined {
  if (device === undefined && locale === undefined && country === undefined && json === undefined) return undefined;
  const attributes = json === undefined ? {} : JSON.parse(json) as Record<string, unknown>;
  return {
    device: device ?? '', locale: locale ?? '', country: country ?? '',
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
  };
}

function attributeOf(value: unknown): VisitAttribute {
  if (typeof value === 'string') return { value: { case: 'text', value } };
  if (typeof value === 'number') return { value: { case: 'number', value } };
  if (typeof value === 'boolean') return { value: { case: 'flag', value } };
  if (!Array.isArray(value)) return { value: { case: undefined } };
  return { value: { case: typeof value[0] === 'number' ? 'numbers' : 'texts', value: { values: value } } };
}
