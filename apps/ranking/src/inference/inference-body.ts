import type { IncomingMessage } from 'node:http';
import { BufferPool } from '@serendip/ranking-domain';
import { DomainError } from '@serendip/shared-errors';
import { invalid } from './inference-models.js';

const MOST_BYTES = 32 * 2 ** 20;
/** Requests whose memory is kept; of more, some is made anew. */
const MOST_AT_ONCE = 64;
/** Memory beyond this is not kept: requests of that size are rare, and all of them together would be. */
const MOST_KEPT_BYTES = 2 ** 20;
/** Buffers have a few sizes only, so that one is found again. */
const FLOATS_STEP = 4096;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** A request's JSON, and the binary tensors behind it as they came, at an address that floats may have. */
export interface InferenceBody {
  readonly json: Buffer;
  readonly binary: Uint8Array<ArrayBuffer>;
  /** Gives the memory back: nobody may hold on to either. */
  release(): void;
}

/** Reads bodies into memory that is used again: that of a request of the usual size is 130 KB, and having it made anew is a fifth of reading it. */
export class InferenceBodies {
  private readonly pool = new BufferPool(MOST_AT_ONCE);

  /** Throws INVALID_ARGUMENT/INFERENCE_INVALID, and RESOURCE_EXHAUSTED/INFERENCE_TOO_LARGE. */
  async read(request: IncomingMessage): Promise<InferenceBody> {
    const length = Number(request.headers['content-length']);
    const jsonLength = Number(request.headers['inference-header-content-length'] ?? length);
    if (!Number.isInteger(length) || !Number.isInteger(jsonLength) || jsonLength > length || jsonLength < 0) throw invalid('its Content-Length or Inference-Header-Content-Length is missing or wrong');
    if (length > MOST_BYTES) throw new DomainError('RESOURCE_EXHAUSTED', 'INFERENCE_TOO_LARGE', `A request may have ${MOST_BYTES} bytes, not ${length}: send fewer rows at a time.`);
    const before = (FLOAT - (jsonLength % FLOAT)) % FLOAT;
    const floats = this.pool.take(Math.ceil((before + length) / FLOAT / FLOATS_STEP) * FLOATS_STEP);
    const bytes = new Uint8Array(floats.buffer, before, length);
    const release = (): void => { if (floats.byteLength <= MOST_KEPT_BYTES) this.pool.giveBack(floats); };
    try {
      await filled(bytes, request);
    } catch (error) {
      release();
      throw error;
    }
    return { json: Buffer.from(floats.buffer, before, jsonLength), binary: bytes.subarray(jsonLength), release };
  }
}

function filled(bytes: Uint8Array, request: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    let at = 0;
    request.on('data', (chunk: Buffer) => {
      bytes.set(chunk, at);
      at += chunk.length;
      // Nobody else has it: its memory is free for the next chunk now, not when the collector comes, which would come all the more often.
      if (chunk.byteLength === chunk.buffer.byteLength) (chunk.buffer as ArrayBuffer).transfer(0);
    });
    request.once('end', () => (at === bytes.length ? resolve() : reject(invalid(`it has ${at} bytes, not ${bytes.length}`))));
    request.once('error', reject);
  });
}
