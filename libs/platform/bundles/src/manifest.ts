import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes');
const versionName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}@\d+$/, 'name@version');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hexadecimal');
const text = (most: number) => z.string().max(most);

/** A file's name within its bundle: one part of an object key, no folders. */
export const fileName = /^[a-z0-9][a-z0-9_.-]{0,99}$/;

export const MOST_FILES = 64;

const tensor = z.strictObject({
  name: z.string().min(1).max(128),
  dtype: z.enum(['float32', 'float64', 'int32', 'int64', 'bool']),
  /** Sizes, or the name of a dimension that each run chooses; the first one is the rows. */
  shape: z.array(z.union([z.number().int().min(1), z.string().min(1).max(64)])).min(1).max(8),
});

/** What is written of a model by whoever trained it. */
export const describedModel = z.strictObject({
  name,
  kind: z.enum(['retriever', 'ranker', 'item-encoder']),
  format: z.enum(['onnx', 'table', 'tensorflow']),
  /** How a retriever makes a user vector. */
  encoder: z.enum(['lag-filter', 'fold-in', 'neighbours', 'onnx']).optional(),
  /** The tensors that the graph takes and answers. */
  signature: z.strictObject({ inputs: z.array(tensor).min(1).max(32), outputs: z.array(tensor).min(1).max(32) }).optional(),
  /** In the order of the input's columns: a ranker's features by name, an item encoder's inputs as `ItemInputs` names them. */
  features: z.array(z.string()).optional(),
  /** The retriever version that an item encoder's vectors are for, and the digest of its bundle: only beside that one they mean something. */
  retriever: z.strictObject({ name: versionName, digest: sha256 }).optional(),
  /** Outputs by name, in order, with their weight in the model's own objective. */
  heads: z.array(z.strictObject({ name: z.string(), weight: z.number() })).optional(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  /** What it was trained on. */
  dataset: z.string().optional(),
  /** Offline metrics by name. */
  metrics: z.record(z.string(), z.number()),
  owner: z.string().optional(),
  /** Where it comes from: the revision of the code that trained it, name@version of the model that it was made from, and how it was. */
  lineage: z.strictObject({ code: text(256).optional(), parent: versionName.optional(), how: text(256).optional() }).optional(),
  tags: z.array(text(64)).max(32).optional(),
  notes: text(4000).optional(),
});

/** model.yaml: what a model is, what it needs and what is in it. */
export const bundleManifest = describedModel.extend({
  /** SHA-256 of every file, hexadecimal. */
  files: z.record(z.string().regex(fileName, 'not a file name'), sha256)
    .refine((files) => Object.keys(files).length <= MOST_FILES, `more than ${MOST_FILES} files`),
});

export type DescribedModel = z.infer<typeof describedModel>;
export type BundleManifest = z.infer<typeof bundleManifest>;
export type TensorSignature = z.infer<typeof tensor>;
