import { createHash } from 'node:crypto';
import type { FileContent, ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { parse, stringify } from 'yaml';
import type { z } from 'zod';
import { MANIFEST, checkFile } from './contents.js';
import { bundleManifest, describedModel, type BundleManifest, type DescribedModel } from './manifest.js';

/** The largest model.yaml. */
export const MOST_MANIFEST_BYTES = 2 ** 20;

export interface StoredBundle {
  /** Key prefix in the object store, made of name and digest: the same content is the same bundle. */
  readonly bundle: string;
  /** SHA-256 of model.yaml, which holds the hashes of every other file. */
  readonly digest: string;
}

export interface OpenBundle {
  readonly manifest: BundleManifest;
  readonly digest: string;
  /** Bytes of a file of the manifest. Throws DATA_LOSS/BUNDLE_CORRUPT when they are not what the manifest says. */
  file(name: string): Promise<Uint8Array>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes a bundle, its manifest last: a bundle whose manifest is there is complete. Throws INVALID_ARGUMENT with BUNDLE_INVALID or BUNDLE_FILE_INVALID. */
export async function writeBundle(
  store: ObjectStore, { manifest, files }: { readonly manifest: DescribedModel; readonly files: Readonly<Record<string, Uint8Array>> },
): Promise<StoredBundle> {
  for (const [name, bytes] of Object.entries(files)) checkFile(name, bytes.length);
  return storeBundle(store, {
    manifest, hashes: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)])), read: async (name) => files[name]!,
  });
}

export interface BundleParts {
  readonly manifest: DescribedModel;
  /** SHA-256 of every file, hexadecimal. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Asked for one file at a time: its bytes, or where they are. */
  readonly read: (name: string) => Promise<Uint8Array> | FileContent;
}

/** The same for files whose hashes are known and that are read one by one: of those that are given as bytes, one is in memory at a time. */
export async function storeBundle(store: ObjectStore, { manifest, hashes, read }: BundleParts): Promise<StoredBundle> {
  const files = Object.fromEntries(Object.entries(hashes).sort());
  const text = new TextEncoder().encode(stringify(checked(bundleManifest, { ...manifest, files }, `of ${manifest.name}`), { sortMapEntries: true, aliasDuplicateObjects: false }));
  if (text.length > MOST_MANIFEST_BYTES) throw invalid(`of ${manifest.name}`, `it has ${text.length} bytes, more than ${MOST_MANIFEST_BYTES}`);
  const digest = sha256(text);
  const bundle = `models/${manifest.name}/${digest}`;
  for (const name of Object.keys(files)) await store.put(`${bundle}/${name}`, await read(name));
  await store.put(`${bundle}/${MANIFEST}`, text);
  return { bundle, digest };
}

/** Reads what whoever trained a model wrote of it: model.yaml without the hashes of files. Throws INVALID_ARGUMENT/BUNDLE_INVALID. */
export function parseDescription(text: Uint8Array): DescribedModel {
  return checked(describedModel.extend({ metrics: describedModel.shape.metrics.default({}) }), parsed(text, MANIFEST), MANIFEST);
}

/** Removes a bundle, its manifest first: what is left of one that could not be removed whole is none. */
export async function removeBundle(store: ObjectStore, bundle: string): Promise<void> {
  const keys = await store.list(`${bundle}/`);
  const manifest = `${bundle}/${MANIFEST}`;
  for (const key of [manifest, ...keys.filter((other) => other !== manifest)]) await store.delete(key);
}

/** Opens a bundle. Throws NOT_FOUND/BUNDLE_MISSING, DATA_LOSS/BUNDLE_CORRUPT, INVALID_ARGUMENT/BUNDLE_INVALID. */
export async function readBundle(store: ObjectStore, bundle: string, expectedDigest?: string): Promise<OpenBundle> {
  const text = await store.get(`${bundle}/${MANIFEST}`);
  if (text === undefined) throw new DomainError('NOT_FOUND', 'BUNDLE_MISSING', `There is no bundle '${bundle}' in the object store.`);
  const digest = sha256(text);
  if (expectedDigest !== undefined && expectedDigest !== digest) {
    throw new DomainError('DATA_LOSS', 'BUNDLE_CORRUPT', `The manifest of '${bundle}' is not the one that was registered.`);
  }
  const manifest = manifestOf(text, bundle);
  return {
    manifest,
    digest,
    file: async (name) => {
      const expected = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined;
      if (expected === undefined) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_INVALID', `Bundle '${bundle}' has no file '${name}'.`);
      const bytes = await store.get(`${bundle}/${name}`);
      if (bytes === undefined || sha256(bytes) !== expected) {
        throw new DomainError('DATA_LOSS', 'BUNDLE_CORRUPT', `File '${name}' of bundle '${bundle}' is missing or not what its manifest says.`);
      }
      return bytes;
    },
  };
}

function manifestOf(text: Uint8Array, bundle: string): BundleManifest {
  return checked(bundleManifest, parsed(text, `of '${bundle}'`), `of '${bundle}'`);
}

function parsed(text: Uint8Array, where: string): unknown {
  if (text.length > MOST_MANIFEST_BYTES) throw invalid(where, 'it is too large');
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(text), { maxAliasCount: 0 });
  } catch (cause) {
    throw invalid(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function checked<T>(schema: z.ZodType<T>, content: unknown, where: string): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw invalid(where, faults.slice(0, 10).join('; '), result.error);
}

function invalid(where: string, why: string, cause?: unknown): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'BUNDLE_INVALID', `The manifest ${where} is not valid: ${why}.`, { cause });
}
