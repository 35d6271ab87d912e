import { z } from 'zod';
import { attributes, id, time } from '../events/event-schema.js';

const label = z.string().min(1).max(256);
const float32 = z.number().min(-3.4e38).max(3.4e38);

const itemFields = {
  title: z.string().max(1024).optional(),
  description: z.string().max(16_384).optional(),
  categories: z.array(label).max(100).optional(),
  tags: z.array(label).max(200).optional(),
  attributes: attributes.optional(),
  price: z.number().min(0).optional(),
  available: z.boolean().optional(),
  publishedAt: time.optional(),
  expiresAt: time.optional(),
  vector: z.array(float32).min(1).max(4096).optional(),
};

/** Fields of an item as they may be put or patched. */
export const itemBody = z.strictObject({ ...itemFields, id: id.optional() });

export const itemSchema = z.strictObject({ ...itemFields, id });

export const itemsBody = z.strictObject({ items: z.array(z.unknown()).min(1).max(500) });

export const usersBody = z.strictObject({ users: z.array(z.unknown()).min(1).max(500) });

export const userSchema = z.strictObject({ id, attributes });

export const userBody = z.strictObject({ attributes });

export const pageQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().max(1024).optional() });

export type ItemInput = z.infer<typeof itemBody>;
