import { z } from 'zod';

export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

export const id = z.string().min(1).max(256);

/** Most milliseconds from the epoch that a date can be (ECMA-262). */
const MOST_DATE_MS = 8.64e15;

export const time = z.union([z.number().min(-MOST_DATE_MS).max(MOST_DATE_MS), z.iso.datetime({ offset: true })]).describe('RFC 3339 or epoch milliseconds');

export const attributeValue = z.union([z.string().max(4096), z.number(), z.boolean(), z.array(z.string().max(1024)).max(1000), z.array(z.number()).max(4096)]);

export const attributes = z.record(z.string().min(1).max(128), attributeValue);

export const context = z.strictObject({
  device: z.string().max(64).optional(),
  locale: z.string().max(64).optional(),
  country: z.string().max(8).optional(),
  attributes: attributes.optional(),
}).or(attributes).describe('device, locale, country, and free attributes');

export const eventSchema = z.strictObject({
  eventId: id.optional(),
  type: z.string().min(1).max(64),
  userId: id.optional(),
  anonymousId: id.optional(),
  sessionId: id.optional(),
  itemId: id.optional(),
  items: z.array(z.strictObject({ itemId: id, quantity: z.number().int().min(0).max(1_000_000).optional(), price: z.number().optional() })).max(100).optional(),
  value: z.number().optional(),
  currency: z.string().max(3).optional(),
  position: z.number().int().min(0).max(1_000_000).optional(),
  placement: z.string().max(64).optional(),
  attributionToken: z.string().max(4096).optional(),
  eventTime: time.optional(),
  context: context.optional(),
  properties: attributes.optional(),
});

export type EventInput = z.infer<typeof eventSchema>;

export const MOST_EVENTS = 500;

/** `{ events: [...] }` or one event; the events themselves are checked one by one, so that one bad one does not lose the others. */
export const eventsBody = z.union([
  z.strictObject({ events: z.array(z.unknown()).min(1).max(MOST_EVENTS) }),
  z.looseObject({ type: z.string() }).transform((event) => ({ events: [event] as unknown[] })),
]);

/** Where in the log something is: positions of the same partition can be compared. */
export const logPlace = z.object({ partition: z.number().int(), position: z.number() });

export const eventsQuery = z.looseObject({ positions: flag.default(false).describe('needs a secret key: answer where in the log each event stands') });

/** What was not accepted of a batch, by its place in the batch as it was sent. */
export const rejections = z.array(z.object({ index: z.number().int(), reason: z.string(), detail: z.string() }));

export const eventsAnswer = z.object({
  accepted: z.number().int(),
  rejected: rejections,
  durability: z.enum(['process', 'disk', 'replicated']),
  positions: z.array(logPlace.nullable()).optional().describe('one for each event that was sent, null for a rejected one'),
});
