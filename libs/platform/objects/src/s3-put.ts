import { open } from 'node:fs/promises';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';

export interface OpenS3 {
  readonly s3: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
}

export interface S3Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** S3 takes parts of 5 MiB to 5 GiB, 10,000 at most. */
const PART_BYTES = 16 * 1024 * 1024;

export async function putBytes({ s3, client }: OpenS3, place: S3Place, bytes: Uint8Array): Promise<void> {
  await client.send(new s3.PutObjectCommand({ ...place, Body: bytes, ContentLength: bytes.length }));
}

/** Sends a file part by part, each of which is tried again by itself; the object is there once all of them are. */
export async function putFile(opened: OpenS3, place: S3Place, path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const part = async (start: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(Math.min(PART_BYTES, size - start)), position: start });
      return buffer.subarray(0, bytesRead);
    };
    if (size <= PART_BYTES) await putBytes(opened, place, await part(0));
    else await putParts(opened, place, { size, part });
  } finally {
    await file.close();
  }
}

async function putParts({ s3, client }: OpenS3, place: S3Place, { size, part }: { readonly size: number; readonly part: (start: number) => Promise<Uint8Array> }): Promise<void> {
  const { UploadId: id } = await client.send(new s3.CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'CRC32' }));
  const upload = { ...place, UploadId: id };
  try {
    const parts: CompletedPart[] = [];
    for (let start = 0; start < size; start += PART_BYTES) {
      const bytes = await part(start);
      const PartNumber = parts.length + 1;
      const { ETag, ChecksumCRC32 } = await client.send(new s3.UploadPartCommand({ ...upload, PartNumber, Body: bytes, ContentLength: bytes.length, ChecksumAlgorithm: 'CRC32' }));
      parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    await client.send(new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    // What is left of it is seen by nobody, and costs what it weighs.
    await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
