import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Gateway } from './gateway.fixture.js';

let gateway: Gateway;
let port: number;
beforeAll(async () => {
  gateway = await Gateway.start();
  await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  port = Number(new URL(await gateway.app.getUrl()).port);
});
afterAll(() => gateway.close());

/** What the gateway says to bytes, until it ends the connection. */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => { answer += String(chunk); }).on('end', () => { socket.destroy(); resolve(answer); }).on('error', reject);
  });
}

const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...headers, '', ''].join('\r\n');

describe('a connection', () => {
  it.each([
    ['that is not HTTP', 'hello\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['with headers that are too long', get('/healthz', `x-long: ${'x'.repeat(100_000)}`), 431, 'HEADERS_TOO_LARGE'],
    ['that asks for a path that is too long', get(`/v1/items/${'x'.repeat(1500)}`), 414, 'URL_TOO_LONG'],
    ['that names no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['that expects what there is not', get('/healthz', 'expect: the-impossible'), 417, 'EXPECTATION_UNSUPPORTED'],
    ['that wants a tunnel', 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n', 404, 'ROUTE_UNKNOWN'],
    ['whose request names another host', get('http://elsewhere/nowhere?a=b'), 404, 'ROUTE_UNKNOWN'],
    ['whose request is about no path', get('*'), 404, 'ROUTE_UNKNOWN'],
    ['whose body is in no chunks', 'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400, 'REQUEST_INVALID'],
    ['that asks for a path with broken escapes', get('/v1/items/%zz'), 400, 'URL_INVALID'],
  ])('%s is told so', async (_, bytes, status, reason) => {
    const [head, body] = (await say(bytes)).split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))).toMatchObject({ status, reason, instance: expect.stringMatching(/^\//) });
  });

  it('answers the requests before what is not HTTP first, in their order', async () => {
    const asked = ['/v1/items/1', '/nowhere', '/healthz', '/v1/items/%zz', '/v1/recommendations'];
    const answer = await say(`${asked.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join('')}hello\r\n\r\n`);
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['401', '404', '200', '400', '401', '400']);
  });

  it('is told once, and not twice, of a body that is refused before it goes wrong', async () => {
    const answer = await say('POST /v1/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/xml\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('is served as ever afterwards', async () => {
    expect(await say(get('/healthz'))).toContain('{"status":"ok"}');
  });
});
