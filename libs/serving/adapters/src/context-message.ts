import type { events } from '@serendip/shared-contracts';
import type { MessageInitShape } from '@serendip/shared-contracts';
import type { ContextValue, VisitContext } from '@serendip/serving-domain';

type AttributeMessage = MessageInitShape<typeof events.AttributeValueSchema>;

/** An attribute value as the wire has it. An empty list counts as a list of texts. */
export function attributeMessage(value: ContextValue): AttributeMessage {
  if (typeof value === 'string') return { value: { case: 'text', value } };
  if (typeof value === 'number') return { value: { case: 'number', value } };
  if (typeof value === 'boolean') return { value: { case: 'flag', value } };
  if (typeof value[0] === 'number') return { value: { case: 'numbers', value: { values: value as number[] } } };
  return { value: { case: 'texts', value: { values: value as string[] } } };
}

export function attributeMessages(values: Readonly<Record<string, ContextValue>>): Record<string, AttributeMessage> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attributeMessage(value)]));
}

/** An attribute value as JSON has it. */
export function attributeOf(message: events.AttributeValue): ContextValue | undefined {
  const { value } = message;
  return value.case === 'texts' || value.case === 'numbers' ? value.value.values : value.value;
}

type ContextMessage = MessageInitShape<typeof events.ContextSchema>;

/** A request's context goes to more than one service. */
const made = new WeakMap<VisitContext, ContextMessage>();

/** The same message for the same object: contexts are never changed. */
export function contextMessage(context: VisitContext): ContextMessage {
  let message = made.get(context);
  if (message === undefined) {
    const { device, locale, country, attributes } = context;
    made.set(context, (message = { device: device ?? '', locale: locale ?? '', country: country ?? '', attributes: attributeMessages(attributes ?? {}) }));
  }
  return message;
}
