import { z } from 'zod';

const file = z.object({ path: z.string(), sha256: z.string(), bytes: z.number(), rows: z.number() });
const facts = z.looseObject({ id: z.string(), from: z.string(), to: z.string(), createdAt: z.string(), rows: z.number(), commit: z.number(), versions: z.record(z.string(), z.string()) });

/** What the gateway answers, as far as it is shown. */
export const dataSetAnswer = facts.extend({ files: z.array(file), rewrittenFiles: z.number() });
export const creationAnswer = z.union([dataSetAnswer, z.looseObject({ state: z.literal('archiving'), recordsToArchive: z.number() })]);
export const listAnswer = z.looseObject({ items: z.array(facts) });
export const exportAnswer = z.looseObject({
  id: z.string(), dataSetId: z.string(), state: z.enum(['running', 'succeeded', 'failed']), stage: z.string(), progress: z.number(), files: z.array(file), featureNames: z.array(z.string()), error: z.string().optional(),
});

export type DataSetAnswer = z.infer<typeof dataSetAnswer>;
export type ListAnswer = z.infer<typeof listAnswer>;
export type FileAnswer = z.infer<typeof file>;
