import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// The messages of serendip.platform.v1, written by hand: these two are on the way of every recommendation.

/** ExchangeRequest. */
export interface RequestFrame {
  call: number;
  method: string;
  timeoutMs: number;
  traceId: string;
  body: Uint8Array;
}

/** ExchangeResponse. */
export interface ResponseFrame {
  call: number;
  body: Uint8Array;
  code: number;
  details: string;
  reason: string;
  facts: Uint8Array;
  refused: boolean;
}

const nothing = new Uint8Array(0);

export const emptyRequest: Readonly<RequestFrame> = { call: 0, method: '', timeoutMs: 0, traceId: '', body: nothing };
export const emptyResponse: Readonly<ResponseFrame> = { call: 0, body: nothing, code: 0, details: '', reason: '', facts: nothing, refused: false };

/** Writes fields that are not at their defaults. */
class HeadWriter {
  private readonly writer = new BinaryWriter();

  number(field: number, value: number): this {
    if (value !== 0) this.writer.tag(field, WireType.Varint).uint32(value);
    return this;
  }

  text(field: number, value: string): this {
    if (value !== '') this.writer.tag(field, WireType.LengthDelimited).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.writer.tag(field, WireType.LengthDelimited).bytes(value);
    return this;
  }

  /** What stands before the body, when the body is the last field. */
  before(field: number, body: Uint8Array): Uint8Array {
    return this.writer.tag(field, WireType.LengthDelimited).uint32(body.length).finish();
  }
}

/** The message without the bytes of its body, which stand last. */
export function requestHead({ call, method, timeoutMs, traceId, body }: Readonly<RequestFrame>): Uint8Array {
  return new HeadWriter().number(1, call).text(2, method).number(3, timeoutMs).text(4, traceId).before(5, body);
}

/** The message without the bytes of its body, which stand last. */
export function responseHead({ call, body, code, details, reason, facts, refused }: Readonly<ResponseFrame>): Uint8Array {
  return new HeadWriter().number(1, call).number(3, code).text(4, details).text(5, reason).bytes(6, facts).number(7, refused ? 1 : 0).before(2, body);
}

/** Bodies are views into `bytes`. Throws for bytes that are no message. */
export function decodeRequest(bytes: Uint8Array): RequestFrame {
  const reader = new BinaryReader(bytes);
  const frame = { ...emptyRequest };
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) frame.call = reader.uint32();
    else if (field === 2) frame.method = reader.string();
    else if (field === 3) frame.timeoutMs = reader.uint32();
    else if (field === 4) frame.traceId = reader.string();
    else if (field === 5) frame.body = reader.bytes();
    else reader.skip(wireType);
  }
  return frame;
}

/** Bodies are views into `bytes`. Throws for bytes that are no message. */
export function decodeResponse(bytes: Uint8Array): ResponseFrame {
  const reader = new BinaryReader(bytes);
  const frame = { ...emptyResponse };
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) frame.call = reader.uint32();
    else if (field === 2) frame.body = reader.bytes();
    else if (field === 3) frame.code = reader.uint32();
    else if (field === 4) frame.details = reader.string();
    else if (field === 5) frame.reason = reader.string();
    else if (field === 6) frame.facts = reader.bytes();
    else if (field === 7) frame.refused = reader.bool();
    else reader.skip(wireType);
  }
  return frame;
}
