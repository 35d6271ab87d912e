import { z } from 'zod';

const check = z.object({ name: z.string(), outcome: z.enum(['passed', 'failed', 'skipped']), detail: z.string(), figures: z.record(z.string(), z.number()) });

/** What the gateway answers, as far as it is shown. */
export const versionAnswer = z.looseObject({
  name: z.string(), version: z.number(), kind: z.string(), digest: z.string(), createdAt: z.string(), metrics: z.record(z.string(), z.number()), checks: z.string(), aliases: z.array(z.string()),
});
export const modelsAnswer = z.looseObject({ models: z.array(versionAnswer) });
export const wholeVersionAnswer = versionAnswer.extend({ description: z.record(z.string(), z.unknown()).optional(), checkResults: z.array(check) });
export const aliasAnswer = z.looseObject({ model: z.string(), alias: z.string(), version: z.number(), previousVersion: z.number().optional() });

export type CheckAnswer = z.infer<typeof check>;
export type VersionAnswer = z.infer<typeof versionAnswer>;
export type WholeVersionAnswer = z.infer<typeof wholeVersionAnswer>;
