import { folderOf, partsOf, unavailable } from './object-key.js';
import type { ByteRange, FileContent, ObjectStore } from './object-store.js';
import type { S3Address } from './s3-address.js';
import { putBytes, putFile, type OpenS3, type S3Place } from './s3-put.js';

const CONNECT_MS = 3000;
const REQUEST_MS = 30_000;
const NOTHING = new Uint8Array(0);

/** Objects in a bucket of S3, or of a server that speaks its protocol. Credentials are found as the AWS tools find them. */
export class S3ObjectStore implements ObjectStore {
  private opened: Promise<OpenS3> | undefined;

  constructor(private readonly address: S3Address) {}

  async put(key: string, content: Uint8Array | FileContent): Promise<void> {
    const place = this.placeOf(key);
    await this.attempt(`write '${key}'`, (opened) => ('path' in content ? putFile(opened, place, content.path) : putBytes(opened, place, content)));
  }

  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const place = this.placeOf(key);
    if (range !== undefined && range.end <= range.start) return this.get(key, { start: range.start, end: range.start + 1 }).then((bytes) => bytes && NOTHING);
    return this.attempt(`read '${key}'`, async ({ s3, client }) => {
      try {
        const { Body: body } = await client.send(new s3.GetObjectCommand({ ...place, ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }) }));
        return await body!.transformToByteArray();
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') return undefined;
        // The object ends before the range begins.
        if (nameOf(error) === 'InvalidRange') return NOTHING;
        throw error;
      }
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    folderOf(prefix);
    const { bucket, prefix: own } = this.address;
    const keys = await this.attempt(`list '${prefix}'`, async ({ s3, client }) => {
      const found: string[] = [];
      for await (const { Contents: page = [] } of s3.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${own}${prefix}` })) for (const { Key: key } of page) found.push(key!.slice(own.length));
      return found;
    });
    return keys.sort();
  }

  async delete(key: string): Promise<void> {
    const place = this.placeOf(key);
    await this.attempt(`delete '${key}'`, ({ s3, client }) => client.send(new s3.DeleteObjectCommand(place)));
  }

  private placeOf(key: string): S3Place {
    return { Bucket: this.address.bucket, Key: `${this.address.prefix}${partsOf(key).join('/')}` };
  }

  /** The client is loaded only where it is used. */
  private open(): Promise<OpenS3> {
    const { region, endpoint } = this.address;
    this.opened ??= import('@aws-sdk/client-s3').then((s3) => ({
      s3,
      client: new s3.S3Client({
        // Servers other than AWS answer a part with the checksum of the whole.
        responseChecksumValidation: 'WHEN_REQUIRED',
        region, ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
      }),
    }));
    return this.opened;
  }

  private async attempt<T>(what: string, work: (opened: OpenS3) => Promise<T>): Promise<T> {
    try {
      return await work(await this.open());
    } catch (cause) {
      throw unavailable(what, nameOf(cause), cause);
    }
  }
}

function nameOf(error: unknown): string {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  return code ?? name ?? String(error);
}
