import type { AttributeValue } from '@serendip/shared-catalogue';
import { create, events } from '@serendip/shared-contracts';

/** An attribute as it travels. */
export function attributeMessage(value: AttributeValue): events.AttributeValue {
  return create(events.AttributeValueSchema, { value: wireValue(value) });
}

function wireValue(value: AttributeValue): Exclude<events.AttributeValue['value'], { case: undefined }> | ReturnType<typeof lists> {
  if (typeof value === 'string') return { case: 'text', value };
  if (typeof value === 'number') return { case: 'number', value };
  if (typeof value === 'boolean') return { case: 'flag', value };
  return lists(value);
}

function lists(values: readonly string[] | readonly number[]) {
  return values.every((value) => typeof value === 'number')
    ? { case: 'numbers' as const, value: create(events.NumberListSchema, { values: [...values] }) }
    : { case: 'texts' as const, value: create(events.TextListSchema, { values: values.map(String) }) };
}
