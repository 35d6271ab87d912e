import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DomainError } from '@serendip/shared-errors';
import { GatewayClient, type GatewayOptions, type Sending } from './index.js';

interface Asked {
  readonly route: string;
  readonly key: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';

let server: Server;
let url: string;
let asked: Asked[];
let answer: (response: ServerResponse, n: number) => void;

beforeEach(async () => {
  asked = [];
  answer = (response) => void response.end('{"ok":true}');
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, headers } = request;
    asked.push({ route: `${method} ${request.url}`, key: headers.authorization, type: headers['content-type'], body: await text(request) });
    answer(response, asked.length);
  };
  server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

const clientOf = (more: Partial<GatewayOptions> = {}) => new GatewayClient({ gateways: [url], key: 'sk_test', longestWaitMs: 10, ...more });
const refused = (client: GatewayClient, more?: Sending): Promise<DomainError> => client.send('POST', '/v1/x', more).then(() => { throw new Error('It was not refused.'); }, (error: DomainError) => error);
const problem = (status: number, body: object = {}) => (response: ServerResponse): void => void response.writeHead(status).end(JSON.stringify(body));

describe('GatewayClient', () => {
  it('sends JSON with its key and answers what it gets', async () => {
    expect(await clientOf().send('POST', '/v1/x', { body: { a: 'ü' } })).toEqual({ ok: true });
    await clientOf({ gateways: [`${url}/`] }).send('PUT', '/v1/x', { body: '{"a":1}' });
    answer = problem(204);
    expect(await clientOf({ gateways: [`${url}/behind`] }).send('GET', '/v1/x?y=1')).toEqual({});
    const key = 'Bearer sk_test';
    expect(asked).toEqual([
      { route: 'POST /v1/x', key, type: 'application/json', body: '{"a":"ü"}' }, { route: 'PUT /v1/x', key, type: 'application/json', body: '{"a":1}' },
      { route: 'GET /behind/v1/x?y=1', key, type: undefined, body: '' },
    ]);
  });

  it.each([408, 429, 500, 502, 503, 504])('tries again what was answered %d', async (status) => {
    answer = (response, n) => (n < 3 ? problem(status)(response) : problem(200, { n })(response));
    expect(await clientOf().send('GET', '/v1/x')).toEqual({ n: 3 });
  });

  it('tries no other statuses and no oftener than it should, but for reasons that it is given', async () => {
    answer = problem(500, { reason: 'INTERNAL' });
    expect(await refused(clientOf({ retryStatuses: [503] }))).toMatchObject({ code: 'UNAVAILABLE', reason: 'INTERNAL' });
    expect(asked).toHaveLength(1);
    await refused(clientOf({ tries: 4 }));
    expect(asked).toHaveLength(5);
    answer = problem(409, { reason: 'AHEAD' });
    await refused(clientOf({ tries: 3 }), { retryReasons: ['AHEAD'] });
    expect(asked).toHaveLength(8);
  });

  it('passes on the gateway\'s own words', async () => {
    const body = { reason: 'EXPRESSION_INVALID', detail: 'No such attribute.', errors: [{ path: 'filter' }] };
    answer = problem(400, body);
    const refusal = await refused(clientOf());
    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'EXPRESSION_INVALID', message: `POST ${url}/v1/x: No such attribute.` });
    expect(JSON.parse(refusal.metadata.problem!)).toEqual(body);
    for (const words of ['<html>Bad gateway</html>', 'null', '']) {
      answer = (response) => void response.writeHead(404).end(words);
      expect(await refused(clientOf())).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'HTTP_404' });
    }
  });

  it('waits as long as it is told, but no longer than it may', async () => {
    answer = (response, n) => void (n === 1 ? response.writeHead(503, { 'retry-after': '60' }).end() : response.end('{}'));
    const started = performance.now();
    await clientOf({ longestWaitMs: 300 }).send('GET', '/v1/x');
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  it('goes on to the next gateway, and says what was in the way when none is there', async () => {
    expect(await clientOf({ gateways: [NOBODY, url] }).send('GET', '/v1/x')).toEqual({ ok: true });
    expect(await refused(clientOf({ gateways: [NOBODY], tries: 2 }))).toMatchObject({
      code: 'UNAVAILABLE', reason: 'GATEWAY_UNREACHABLE', message: expect.stringContaining(`POST ${NOBODY}/v1/x: `), metadata: { cause: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('waits for an answer, and for its end, as long as it should', async () => {
    for (const stuck of [() => undefined, (response: ServerResponse) => void response.write('{')]) {
      answer = stuck;
      expect(await refused(clientOf({ tries: 1, timeoutMs: 50 }))).toMatchObject({ reason: 'GATEWAY_UNREACHABLE', metadata: { cause: 'no answer in 0.05 s' } });
    }
  });

  it('stops at once, waiting or asking', async () => {
    for (const slow of [() => undefined, problem(503)]) {
      answer = slow;
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      expect(await refused(clientOf({ tries: 1000, longestWaitMs: 60_000 }), { signal: stop.signal })).toMatchObject({ code: 'CANCELLED', reason: 'STOPPED' });
    }
  });

  it('needs a gateway', () => {
    expect(() => clientOf({ gateways: [] })).toThrow('At least one gateway');
    expect(() => clientOf({ gateways: ['nowhere'] })).toThrow('Invalid URL');
  });
});
