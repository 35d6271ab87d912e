import { describe, expect, it } from '@jest/globals';
import { parseLogAddress } from './log-address.js';

describe('the URL of a log in Kafka', () => {
  it('has a user and a password as URLs write them', () => {
    expect(parseLogAddress('kafkas://me:p%40s%25s@a,b:9/log?sasl=plain')).toEqual({
      name: 'kafkas://a,b:9/log', brokers: ['a:9092', 'b:9'], topic: 'log', security: { tls: {}, sasl: { mechanism: 'PLAIN', username: 'me', password: 'p@s%s' } },
    });
  });

  it.each(['kafka://a', 'kafka://a/b/c', 'kafka://a/log?sasl=plain', 'kafka://me:100%@a/log', 'kafka://me%:b@a/log', 'kafka://me:%ff@a/log'])('is refused in a sentence: %s', (url) => {
    expect(() => parseLogAddress(url)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'LOG_URL_INVALID', message: expect.stringMatching(/^The URL of the event log is not of the form kafka:.*a % is written %25/) }));
  });
});
