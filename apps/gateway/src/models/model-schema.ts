import { z } from 'zod';

export const aliasBody = z.strictObject({ version: z.number().int().min(1).max(0x7fffffff), reason: z.string().max(1024).default(''), force: z.boolean().default(false) });

export const aliasQuery = z.strictObject({ reason: z.string().max(1024).default('').describe('why, for the audit') });

export const rollbackBody = z.strictObject({ alias: z.string().min(1).max(64).default('champion'), reason: z.string().max(1024).default('') });

export const trainingBody = z.strictObject({
  maxSeconds: z.number().min(0).max(86_400).default(0),
  features: z.array(z.string().min(1).max(400)).max(100).default([])
    .describe('what the ranker is given besides every declared feature, as user_count.click.7d, user.tier or seen_count@30d; what the champion is given besides stays'),
});

const version = z.looseObject({
  name: z.string(), version: z.number().int(), kind: z.string(), digest: z.string(), createdAt: z.string(), metrics: z.record(z.string(), z.number()), checks: z.string(), aliases: z.array(z.string()),
});

/** What the API answers, as OpenAPI shows it. */
export const versionSchema = version;
export const modelsSchema = z.object({ models: z.array(version) });
export const wholeVersionSchema = version.extend({
  description: z.unknown().optional().describe('model.yaml with the SHA-256 of every file'),
  checkResults: z.array(z.object({ name: z.string(), outcome: z.enum(['passed', 'failed', 'skipped']), detail: z.string(), figures: z.record(z.string(), z.number()) })),
});
export const aliasSchema = z.object({ model: z.string(), alias: z.string(), version: z.number().int(), previousVersion: z.number().int().optional() });
