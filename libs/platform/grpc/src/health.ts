import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { Metadata, status, type Server, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import { wellFormed } from './wire-error.js';

const serving = 1;
const notServing = 2;
const unknownService = 3;

/** Paths of grpc.health.v1, written by hand: its two messages have one field each. */
export const healthCheckPath = '/grpc.health.v1.Health/Check';
const healthWatchPath = '/grpc.health.v1.Health/Watch';

const asIs = (bytes: Buffer): Buffer => bytes;

function encodeStatus(value: number): Buffer {
  return Buffer.from(new BinaryWriter().tag(1, 0).int32(value).finish());
}

function decodeServiceName(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  let name = '';
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === 2) name = reader.string();
    else reader.skip(wireType);
  }
  return name;
}

/** Whether a health response says SERVING. */
export function isServing(bytes: Uint8Array): boolean {
  return bytes.length === 2 && bytes[0] === 8 && bytes[1] === serving;
}

/** The standard health service of one server; all its services share one status. */
export class Health {
  private ready = false;
  private readonly names: ReadonlySet<string>;
  private readonly watchers = new Map<ServerWritableStream<Buffer, Buffer>, string>();

  constructor(services: readonly string[]) {
    this.names = new Set(['', ...services]);
  }

  get isReady(): boolean {
    return this.ready;
  }

  addTo(server: Server): void {
    server.register(healthCheckPath, this.check, asIs, asIs, 'unary');
    server.register(healthWatchPath, this.watch, asIs, asIs, 'serverStream');
  }

  setReady(ready: boolean): void {
    if (ready === this.ready) return;
    this.ready = ready;
    for (const [call, name] of this.watchers) call.write(encodeStatus(this.statusOf(name)));
  }

  /** Ends every watch, so that connections can close. */
  close(): void {
    this.setReady(false);
    for (const call of this.watchers.keys()) call.end();
    this.watchers.clear();
  }

  private readonly check = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
    const name = nameIn(call.request);
    if (name === undefined) return respond({ code: status.INVALID_ARGUMENT, details: 'The request is not a HealthCheckRequest.', metadata: new Metadata() });
    if (!this.names.has(name)) return respond({ code: status.NOT_FOUND, details: wellFormed(`This server has no service ${name}.`), metadata: new Metadata() });
    respond(null, encodeStatus(this.statusOf(name)));
  };

  private readonly watch = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const name = nameIn(call.request) ?? '';
    this.watchers.set(call, name);
    call.once('cancelled', () => this.watchers.delete(call));
    call.write(encodeStatus(this.statusOf(name)));
  };

  private statusOf(name: string): number {
    if (!this.names.has(name)) return unknownService;
    return this.ready ? serving : notServing;
  }
}

function nameIn(request: Buffer): string | undefined {
  try {
    return decodeServiceName(request);
  } catch {
    return undefined;
  }
}
