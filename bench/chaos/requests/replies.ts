/** Reads HTTP/1.1 answers from bytes (RFC 9112). */
export interface Reply {
  readonly status: number;
  /** By name in small letters; the last of several. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly keepAlive: boolean;
  /** Bytes that it takes. */
  readonly bytes: number;
}

const HEAD_END = '\r\n\r\n';

/** The first answer in `received`; undefined while it is not complete. `ended`: nothing more comes. Throws for what is no answer at all. */
export function readReply(received: Buffer, { bodiless, ended }: { readonly bodiless: boolean; readonly ended: boolean }): Reply | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`This is no HTTP answer: ${statusLine.slice(0, 200)}`);
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const rest = received.subarray(headEnd + HEAD_END.length);
  const body = bodyOf(rest, headers, { isEmpty: bodiless || status < 200 || status === 204 || status === 304, ended });
  if (body === undefined) return undefined;
  return { status, headers, body: body.content, keepAlive: headers.get('connection') !== 'close', bytes: headEnd + HEAD_END.length + body.bytes };
}

interface Body {
  readonly content: Buffer;
  readonly bytes: number;
}

function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>, { isEmpty, ended }: { readonly isEmpty: boolean; readonly ended: boolean }): Body | undefined {
  if (isEmpty) return { content: Buffer.alloc(0), bytes: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return chunkedBody(rest);
  const length = headers.get('content-length');
  if (length === undefined) return ended ? { content: rest, bytes: rest.length } : undefined;
  return rest.length < Number(length) ? undefined : { content: rest.subarray(0, Number(length)), bytes: Number(length) };
}

function chunkedBody(rest: Buffer): Body | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16);
    const from = lineEnd + 2;
    if (rest.length < from + size + 2) return undefined;
    if (size === 0) return { content: Buffer.concat(parts), bytes: from + 2 };
    parts.push(rest.subarray(from, from + size));
    at = from + size + 2;
  }
}
