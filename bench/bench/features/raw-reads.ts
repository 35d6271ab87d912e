/** The least a store over a socket can be: a process that reads records from the engine and writes them to a connection, any number of requests under way. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from 'lmdb';

/** A request: how many records, and the first of them. */
const REQUEST_BYTES = 8;

export interface RawReads {
  /** The process that serves them, where it is one of its own. */
  readonly pid?: number;
  /** Resolves with the bytes of so many records. */
  read(first: number, count: number): Promise<number>;
  close(): void;
}

/** Starts it with so many records of the same size in LMDB. */
export async function rawLmdbReads(records: number, bytes: number): Promise<RawReads> {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-features-'));
  const child = fork(fileURLToPath(import.meta.url), [folder, String(records), String(bytes)]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`The bare reader ended with status ${code}.`)));
  });
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const waiting: { readonly bytes: number; readonly resolve: (bytes: number) => void }[] = [];
  let got = 0;
  socket.on('data', (chunk: Buffer) => {
    got += chunk.length;
    for (let [next] = waiting; next !== undefined && got >= next.bytes; [next] = waiting) {
      got -= next.bytes;
      waiting.shift();
      next.resolve(next.bytes);
    }
  });
  return {
    pid: child.pid!,
    read: (first, count) => new Promise((resolve) => {
      const request = Buffer.alloc(REQUEST_BYTES);
      request.writeUInt32LE(count);
      request.writeUInt32LE(first, 4);
      waiting.push({ bytes: count * bytes, resolve });
      socket.write(request);
    }),
    close: () => {
      socket.destroy();
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(folder: string, records: number, bytes: number): void {
  const database = open<Buffer, number>({ path: folder, encoding: 'binary' });
  for (let n = 0; n < records; n++) database.putSync(n, Buffer.alloc(bytes, n % 256));
  const answer = (socket: Socket, count: number, first: number): void => {
    const out = Buffer.allocUnsafe(count * bytes);
    for (let i = 0; i < count; i++) database.getBinaryFast((first + i) % records)!.copy(out, i * bytes);
    socket.write(out);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= REQUEST_BYTES; rest = rest.subarray(REQUEST_BYTES)) answer(socket, rest.readUInt32LE(), rest.readUInt32LE(4));
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(process.argv[2]!, Number(process.argv[3]), Number(process.argv[4]));
