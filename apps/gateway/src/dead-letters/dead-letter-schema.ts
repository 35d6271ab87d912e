import { z } from 'zod';
import { id } from '../events/event-schema.js';

const reason = z.string().min(1).max(64);
const ids = z.array(id).min(1).max(500);

export const deadLettersQuery = z.strictObject({
  reason: reason.optional(), userId: id.optional(), limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().min(1).max(1024).optional(),
});

export const replayBody = z.union([z.strictObject({ ids }), z.strictObject({ reason })], { error: 'Name either `ids`, 1 to 500, or a `reason`.' });

export const purgeBody = z.union([z.strictObject({ ids }), z.strictObject({ reason }), z.strictObject({ userId: id }), z.strictObject({ all: z.literal(true) })], { error: 'Name either `ids`, 1 to 500, or a `reason`, or a `userId`, or say `"all": true`.' });

export type Replay = z.infer<typeof replayBody>;

const deadLetter = z.object({
  id: z.string(), reason: z.string(), detail: z.string(), count: z.number().int().describe('how often it was refused'),
  firstAt: z.iso.datetime(), lastAt: z.iso.datetime(), source: z.enum(['gateway', 'ingestion', 'feature-store', 'log', 'unknown']), userId: z.string().optional(),
});

export const deadLettersAnswer = z.object({
  items: z.array(deadLetter), totals: z.record(z.string(), z.number().int()).describe('how many there are by reason, whatever was asked for'), nextCursor: z.string().optional(),
});

export const deadLetterAnswer = deadLetter.extend({
  original: z.unknown(),
  originalFormat: z.enum(['json', 'text', 'base64']).describe('json: the event as a value; text: JSON that was cut; base64: bytes that are no event'),
  isCut: z.boolean().describe('the original was longer than the 64 KiB that are kept'),
  place: z.object({ partition: z.number().int(), position: z.number() }).optional().describe('where a record stands in the log'),
});

export const replayAnswer = z.object({
  replayed: z.number().int(), refused: z.number().int(), unknown: z.number().int(),
  results: z.array(z.object({ id: z.string(), outcome: z.enum(['replayed', 'refused', 'unknown']), reason: z.string().optional(), detail: z.string().optional() })),
});

export const purgeAnswer = z.object({ purged: z.number().int() });
