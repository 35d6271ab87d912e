import { z } from 'zod';
import { time } from '../events/event-schema.js';

export const dataSetBody = z.strictObject({
  from: time.describe('the first event time: RFC 3339 or epoch milliseconds'), to: time.describe('the event time before which it ends'),
});

export const exportBody = z.strictObject({
  outcomeHours: z.number().min(0.1).max(24 * 90).optional().describe('an event counts as an outcome of its slate for so many hours after it; 24 by default'),
  features: z.enum(['served', 'replayed']).optional().describe('served (default): as the ranker saw them, made again as of then only where they were not logged; replayed: all made again'),
});

export const fileQuery = z.strictObject({ path: z.string().min(1).max(512) });

const file = z.object({ path: z.string(), sha256: z.string(), bytes: z.number().int(), rows: z.number().int() });

const facts = z.object({
  id: z.string(), from: z.iso.datetime(), to: z.iso.datetime(), createdAt: z.iso.datetime(), rows: z.number().int().describe('events between the two times'),
  commit: z.number().int().describe('newest commit of the archive that it was made from'), versions: z.record(z.string(), z.string()),
});

export const dataSetAnswer = facts.extend({
  files: z.array(file), rewrittenFiles: z.number().int().describe('files that were written anew since, without somebody who was erased'),
});

export const archivingAnswer = z.object({ state: z.literal('archiving'), recordsToArchive: z.number().int() });

export const dataSetsAnswer = z.object({ items: z.array(facts) });

export const exportAnswer = z.object({
  id: z.string(), dataSetId: z.string(), state: z.enum(['running', 'succeeded', 'failed']), stage: z.string(), progress: z.number(), files: z.array(file), featureNames: z.array(z.string()), error: z.string().optional(),
});
