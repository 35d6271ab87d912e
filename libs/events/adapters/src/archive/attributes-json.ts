import type { events } from '@serendip/shared-contracts';

/** Attributes as a JSON object; undefined for none. A number that JSON has no word for is null. */
export function attributesJson(attributes: Readonly<Record<string, events.AttributeValue>> | undefined): string | undefined {
  const entries = Object.entries(attributes ?? {});
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries.map(([name, { value }]) => [name, plain(value)])));
}

function plain(value: events.AttributeValue['value']): unknown {
  return value.case === 'texts' || value.case === 'numbers' ? value.value.values : (value.value ?? null);
}
