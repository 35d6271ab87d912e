import { createHash } from 'node:crypto';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { parse, stringify } from 'yaml';
import { bundleManifest, type BundleManifest } from './manifest.js';

const MANIFEST = 'model.yaml';
const FILE_NAME = /^[a-z0-9][a-z0-9_.-]{0,99}$/;
const MOST_FILE_BYTES = 2 ** 31;

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

/** Writes a bundle, its manifest last: a bundle whose manifest is there is complete. */
export async function writeBundle(
  store: ObjectStore, { manifest, files }: { readonly manifest: Omit<BundleManifest, 'files'>; readonly files: Readonly<Record<string, Uint8Array>> },
): Promise<StoredBundle> {
  for (const name of Object.keys(files)) {
    if (!FILE_NAME.test(name) || name === MANIFEST) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_FILE_INVALID', `'${name}' is no file name of a bundle.`);
  }
  const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]).sort());
  const text = new TextEncoder().encode(stringify(bundleManifest.parse({ ...manifest, files: hashes }), { sortMapEntries: true }));
  const digest = sha256(text);
  const bundle = `models/${manifest.name}/${digest}`;
  for (const [name, bytes] of Object.entries(files)) await store.put(`${bundle}/${name}`, bytes);
  await store.put(`${bundle}/${MANIFEST}`, text);
  return { bundle, digest };
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
      const expected = manifest.files[name];
      if (expected === undefined) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_INVALID', `Bundle '${bundle}' has no file '${name}'.`);
      const bytes = await store.get(`${bundle}/${name}`);
      if (bytes === undefined || bytes.length > MOST_FILE_BYTES || sha256(bytes) !== expected) {
        throw new DomainError('DATA_LOSS', 'BUNDLE_CORRUPT', `File '${name}' of bundle '${bundle}' is missing or not what its manifest says.`);
      }
      return bytes;
    },
  };
}

function manifestOf(text: Uint8Array, bundle: string): BundleManifest {
  try {
    return bundleManifest.parse(parse(new TextDecoder().decode(text), { maxAliasCount: 0 }));
  } catch (cause) {
    throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_INVALID', `The manifest of bundle '${bundle}' is not valid: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
