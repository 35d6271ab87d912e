import { createHash } from 'node:crypto';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { parse, stringify } from 'yaml';
import { bundleManifest, fileName, type BundleManifest } from './manifest.js';

const MANIFEST = 'model.yaml';
const MOST_FILE_BYTES = 2 ** 30;
const MOST_MANIFEST_BYTES = 2 ** 20;

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
  store: ObjectStore, { manifest, files }: { readonly manifest: Omit<BundleManifest, 'files'>; readonly files: Readonly<Record<string, Uint8Array>> },
): Promise<StoredBundle> {
  for (const [name, bytes] of Object.entries(files)) checkFile(name, bytes);
  const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]).sort());
  const text = new TextEncoder().encode(stringify(checked({ ...manifest, files: hashes }, `of ${manifest.name}`), { sortMapEntries: true }));
  if (text.length > MOST_MANIFEST_BYTES) throw invalid(`of ${manifest.name}`, `it has ${text.length} bytes, more than ${MOST_MANIFEST_BYTES}`);
  const digest = sha256(text);
  const bundle = `models/${manifest.name}/${digest}`;
  for (const [name, bytes] of Object.entries(files)) await store.put(`${bundle}/${name}`, bytes);
  await store.put(`${bundle}/${MANIFEST}`, text);
  return { bundle, digest };
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

function checkFile(name: string, bytes: Uint8Array): void {
  if (!fileName.test(name) || name === MANIFEST) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_FILE_INVALID', `'${name.slice(0, 100)}' is no file name of a bundle.`);
  if (bytes.length > MOST_FILE_BYTES) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_FILE_INVALID', `File '${name}' has ${bytes.length} bytes, more than ${MOST_FILE_BYTES}.`);
}

function manifestOf(text: Uint8Array, bundle: string): BundleManifest {
  if (text.length > MOST_MANIFEST_BYTES) throw invalid(`of '${bundle}'`, 'it is too large');
  let content: unknown;
  try {
    content = parse(new TextDecoder('utf-8', { fatal: true }).decode(text), { maxAliasCount: 0 });
  } catch (cause) {
    throw invalid(`of '${bundle}'`, cause instanceof Error ? cause.message : String(cause), cause);
  }
  return checked(content, `of '${bundle}'`);
}

function checked(content: unknown, where: string): BundleManifest {
  const result = bundleManifest.safeParse(content);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw invalid(where, faults.slice(0, 10).join('; '), result.error);
}

function invalid(where: string, why: string, cause?: unknown): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'BUNDLE_INVALID', `The manifest ${where} is not valid: ${why}.`, { cause });
}
