import type { Socket } from 'node:net';
import { maxMessageBytes, windowBytes } from './channel-options.js';

/** What either side says first. No HTTP/2 connection begins with its first byte. */
export const greeting = Buffer.from('SRNDPX1\n');

const PREFIX_BYTES = 4;
/** Larger bodies are handed to the socket as they are; smaller ones cost less in one piece with their head. */
const MOST_COPIED_BYTES = 32 * 1024;
/** Messages that are sent share memory of this size: what is made for one of some kilobytes, and collected, costs as much as copying it. */
const SHARED_BYTES = 256 * 1024;
/** Room that is made at once for a message that comes in pieces; more is made as it comes, because whoever announces it may never send it. */
const FIRST_BYTES = windowBytes;
/** A body with its head. */
const MOST_BYTES = maxMessageBytes + 64 * 1024;

export interface FrameHandlers {
  /** The other side has said the greeting. */
  greeted(): void;
  /** The other side began with something else. */
  stranger(): void;
  /** A message; nothing writes to its bytes any more. What it throws for bytes that are no message ends the connection. */
  message(bytes: Buffer): void;
  /** The other side sends nothing any more. */
  ended(): void;
}

/**
 * Messages over one TCP connection: each side's greeting, then its messages, each after its length in 4 bytes, big-endian. What is sent in one turn
 * of the event loop goes out together.
 */
export class FrameConnection {
  private reads: 'greeting' | 'prefix' | 'message' = 'greeting';
  /** Bytes of what is read next. */
  private wanted = greeting.length;
  /** What has come of it so far, unless it came in one piece, and room for more. */
  private part: Buffer | undefined;
  private filled = 0;
  private isCorked = false;

  constructor(private readonly socket: Socket, private readonly handlers: FrameHandlers) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => handlers.ended());
    socket.write(greeting);
  }

  /** One message; `body` must not change any more. */
  send(head: Uint8Array, body: Uint8Array): void {
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(this.flush);
    }
    const apart = body.length > MOST_COPIED_BYTES;
    const bytes = roomFor(PREFIX_BYTES + head.length + (apart ? 0 : body.length));
    bytes.writeUInt32BE(head.length + body.length);
    bytes.set(head, PREFIX_BYTES);
    if (!apart) bytes.set(body, PREFIX_BYTES + head.length);
    this.socket.write(bytes);
    if (apart) this.socket.write(body);
  }

  /** Nothing is sent any more, after what has been. */
  end(): void {
    this.socket.destroySoon();
  }

  private readonly flush = (): void => {
    this.isCorked = false;
    this.socket.uncork();
  };

  private receive(chunk: Buffer): void {
    try {
      let at = 0;
      while (!this.socket.destroyed) {
        if (this.part === undefined && chunk.length - at >= this.wanted) {
          const piece = chunk.subarray(at, at + this.wanted);
          at += this.wanted;
          this.take(piece);
        } else if (at === chunk.length) {
          return;
        } else {
          at = this.gather(chunk, at);
        }
      }
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }

  /** Takes what the chunk has from `at` on; answers where that ends. */
  private gather(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.wanted - this.filled);
    const part = this.room(this.filled + end - at);
    part.set(chunk.subarray(at, end), this.filled);
    this.filled += end - at;
    if (this.filled < this.wanted) return end;
    this.part = undefined;
    this.filled = 0;
    this.take(part);
    return end;
  }

  /** The part with room for so many bytes, and exactly for the whole when that is so many. */
  private room(bytes: number): Buffer {
    const part = this.part;
    if (part !== undefined && part.length >= bytes) return part;
    const larger = Buffer.allocUnsafe(Math.min(this.wanted, Math.max(FIRST_BYTES, bytes, 2 * (part?.length ?? 0))));
    part?.copy(larger, 0, 0, this.filled);
    return (this.part = larger);
  }

  private take(piece: Buffer): void {
    if (this.reads === 'prefix') {
      this.expect('message', piece.readUInt32BE());
      if (this.wanted > MOST_BYTES) throw new Error(`A message of ${this.wanted} bytes is too large.`);
      return;
    }
    const isMessage = this.reads === 'message';
    this.expect('prefix', PREFIX_BYTES);
    if (isMessage) return this.handlers.message(piece);
    if (piece.equals(greeting)) return this.handlers.greeted();
    this.handlers.stranger();
    throw new Error('The other side is no exchange.');
  }

  private expect(what: 'prefix' | 'message', bytes: number): void {
    this.reads = what;
    this.wanted = bytes;
  }
}

let shared = Buffer.alloc(0);

/** Room for what is sent, which nobody keeps for long; with anything in it. */
function roomFor(bytes: number): Buffer {
  if (bytes > shared.length) shared = Buffer.allocUnsafeSlow(Math.max(SHARED_BYTES, bytes));
  const room = shared.subarray(0, bytes);
  shared = shared.subarray(bytes);
  return room;
}
