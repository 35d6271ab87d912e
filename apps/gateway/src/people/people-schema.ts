import { z } from 'zod';
import { deadLetterAnswer } from '../dead-letters/dead-letter-schema.js';
import { id } from '../events/event-schema.js';

/** What POST /v1/users/{id}:action does. */
export const USER_ACTIONS: ReadonlySet<string> = new Set(['merge', 'export', 'erase']);

/** Of a merge: who has turned out to be the user. */
export const mergeBody = z.strictObject({ anonymousId: id });

const count = z.number().int();
const time = z.iso.datetime();
const person = z.object({ userId: z.string().optional(), anonymousIds: z.array(z.string()).describe('visitors that had become the user, or the one that was asked for') });

export const personExport = z.object({
  person,
  profile: z.record(z.string(), z.unknown()).optional(),
  state: z.object({
    firstTime: time.optional(), lastTime: time.optional(), session: z.object({ start: time, events: count }).optional(),
    interactions: z.array(z.object({ type: z.string(), itemId: z.string().optional(), eventTime: time, value: z.number().optional() })).describe('the newest 256, oldest first'),
    counters: z.record(z.string(), count).describe('events ever, by type'),
    seen: z.array(z.object({ itemId: z.string().optional(), types: z.array(z.string()) })),
    shown: z.array(z.object({ itemId: z.string().optional(), lastTime: time, count })),
  }).optional(),
  events: z.array(z.unknown()).describe('every event of the log, in the order of each id\'s partition'),
  deadLetters: z.array(deadLetterAnswer),
});

export const certificate = z.object({
  certificateId: z.string(),
  person,
  erasedAt: time,
  erased: z.object({
    states: count.describe('records of state: the user\'s, and one for each visitor'), interactions: count.describe('that the state knew'), profiles: count, deadLetters: count,
    archivedRecords: count.optional().describe('taken out of the archive, and so out of every data set; absent when that waits'), archiveFiles: count.optional().describe('of the archive that were replaced'),
  }),
  hidden: z.object({
    logRecords: count.describe('of the log and its archive: gone from the archive, and hidden from every reader of the log until they have aged out of it'),
    newestAt: time.optional().describe('when the newest of them was received'),
    until: z.array(z.object({ partition: count, position: z.number() })).describe('where the suppressions stand: what is before is hidden, and gone once the log is trimmed up to there'),
  }),
  remains: z.array(z.string()).describe('what still counts the person, without naming them, and until when'),
});
