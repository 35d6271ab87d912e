import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes');

/** A file's name within its bundle: one part of an object key, no folders. */
export const fileName = /^[a-z0-9][a-z0-9_.-]{0,99}$/;

const MOST_FILES = 64;

/** model.yaml: what a model is, what it needs and what is in it. */
export const bundleManifest = z.strictObject({
  name,
  kind: z.enum(['retriever', 'ranker', 'item-encoder']),
  format: z.enum(['onnx', 'table', 'tensorflow']),
  /** How a retriever makes a user vector. */
  encoder: z.enum(['lag-filter', 'fold-in', 'neighbours', 'onnx']).optional(),
  /** Ranking features by name, in the order of the input's columns. */
  features: z.array(z.string()).optional(),
  /** Outputs by name, in order, with their weight in the model's own objective. */
  heads: z.array(z.strictObject({ name: z.string(), weight: z.number() })).optional(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  /** What it was trained on. */
  dataset: z.string().optional(),
  /** Offline metrics by name. */
  metrics: z.record(z.string(), z.number()),
  owner: z.string().optional(),
  /** SHA-256 of every file, hexadecimal. */
  files: z.record(z.string().regex(fileName, 'not a file name'), z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hexadecimal'))
    .refine((files) => Object.keys(files).length <= MOST_FILES, `more than ${MOST_FILES} files`),
});

export type BundleManifest = z.infer<typeof bundleManifest>;
