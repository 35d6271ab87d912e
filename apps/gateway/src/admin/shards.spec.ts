import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';
import { shardsAnswer } from './shards-schema.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

describe('GET /v1/shards', () => {
  it('tells who has each partition and how far it is applied', async () => {
    const { status, json } = await gateway.ask('GET /v1/shards');
    expect(status).toBe(200);
    expect(json).toEqual({
      partitions: [
        { partition: 0, owner: '10.0.0.1:50052', position: 7, logEnd: 9, lag: 2, oldestUnappliedSeconds: 1.5 },
        { partition: 1, position: 4, logEnd: 4, lag: 0, oldestUnappliedSeconds: 0 },
      ],
    });
    expect(shardsAnswer.parse(json)).toEqual(json);
  });

  it('is for secret keys', async () => {
    expect((await gateway.ask('GET /v1/shards', { key: PUBLISHABLE })).status).toBe(403);
  });
});
