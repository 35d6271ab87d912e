import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { MultipartFile } from '@fastify/multipart';
import { MANIFEST, MOST_MANIFEST_BYTES, parseDescription, readBundle, storeBundle, type BundleManifest, type DescribedModel } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { control } from '@serendip/shared-contracts';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import type { Clients } from '../clients.js';
import type { Trace } from '../http/trace.js';
import { receiveFiles } from './received-files.js';

/** Each holds a model on disk until it is stored. */
const MOST_AT_ONCE = 2;
const PART_BYTES = 4 * 2 ** 20;
/** Who has sent half a gigabyte is not refused for a moment in which control is busy. */
const REGISTER_MS = 15_000;

const kinds: Readonly<Record<DescribedModel['kind'], control.ModelKind>> = {
  retriever: control.ModelKind.RETRIEVER, ranker: control.ModelKind.RANKER, 'item-encoder': control.ModelKind.ITEM_ENCODER,
};

export interface Upload {
  readonly tenant: string;
  readonly actor: string;
  /** What the model is called in the address it was sent to. */
  readonly name: string;
  readonly parts: AsyncIterable<MultipartFile | { readonly type: 'field'; readonly fieldname: string }>;
}

/** Model bundles from outside: streamed to disk, put into the object store, registered as a version that is yet to be checked; and back out, file by file. */
export class ModelUploads {
  private going = 0;

  constructor(private readonly clients: Pick<Clients, 'control'>, private readonly objects: ObjectStore, private readonly directory: string) {}

  /** Throws RESOURCE_EXHAUSTED/UPLOADS_BUSY, INVALID_ARGUMENT with UPLOAD_INVALID, UPLOAD_TOO_LARGE or what bundles throw, and what control throws. */
  async take(upload: Upload, trace: Trace): Promise<control.ModelVersion> {
    if (this.going >= MOST_AT_ONCE) throw new DomainError('RESOURCE_EXHAUSTED', 'UPLOADS_BUSY', 'Other models are being pushed: try again in a moment.');
    this.going++;
    const folder = join(this.directory, `upload-${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      return await this.store(upload, folder, trace);
    } finally {
      this.going--;
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What a bundle's model.yaml says; undefined when it is not there any more. */
  async manifest({ bundle, digest }: control.ModelVersion): Promise<BundleManifest | undefined> {
    try {
      return (await readBundle(this.objects, bundle, digest)).manifest;
    } catch (error) {
      if (isDomainError(error) && error.reason.startsWith('BUNDLE_')) return undefined;
      throw error;
    }
  }

  /** A file of a bundle, read part by part as it is taken. Throws NOT_FOUND/FILE_UNKNOWN, and what bundles throw. */
  async file({ bundle, digest }: control.ModelVersion, name: string): Promise<Readable> {
    const { manifest } = await readBundle(this.objects, bundle, digest);
    if (!Object.hasOwn(manifest.files, name)) throw new DomainError('NOT_FOUND', 'FILE_UNKNOWN', `There is no file '${name}' in it: the \`files\` of its description are all there are.`);
    const { objects } = this;
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (let start = 0; ; start += PART_BYTES) {
        const part = await objects.get(`${bundle}/${name}`, { start, end: start + PART_BYTES });
        if (part === undefined) throw new DomainError('NOT_FOUND', 'BUNDLE_MISSING', `File '${name}' of bundle '${bundle}' is gone.`);
        yield part;
        if (part.length < PART_BYTES) return;
      }
    }
    return Readable.from(parts());
  }

  private async store({ tenant, actor, name, parts }: Upload, folder: string, trace: Trace): Promise<control.ModelVersion> {
    const received = await receiveFiles(parts, folder);
    const description = received.find((file) => file.name === MANIFEST);
    if (description === undefined) throw new DomainError('INVALID_ARGUMENT', 'UPLOAD_INVALID', `The upload has no ${MANIFEST}: it says what the model is.`);
    const manifest = parseDescription(await buffer(createReadStream(description.path, { end: MOST_MANIFEST_BYTES })));
    if (manifest.name !== name) throw new DomainError('INVALID_ARGUMENT', 'UPLOAD_INVALID', `${MANIFEST} says that this is '${manifest.name}', and it was sent to '${name.slice(0, 100)}'.`);
    const files = new Map(received.filter((file) => file !== description).map((file) => [file.name, file]));
    const { bundle, digest } = await storeBundle(this.objects, {
      manifest, hashes: Object.fromEntries([...files].map(([file, { hash }]) => [file, hash])), read: (file) => files.get(file)!,
    });
    const { model } = await this.clients.control.registerModelVersion({ tenant, actor, model: { name, kind: kinds[manifest.kind], bundle, digest, metrics: manifest.metrics } }, { ...trace, timeoutMs: REGISTER_MS });
    return model!;
  }
}
