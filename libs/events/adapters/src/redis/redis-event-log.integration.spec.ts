import { afterAll, beforeAll } from '@jest/globals';
import type { OpenLog } from '@serendip/events-domain';
import { eventLogConformance, type LogPlace } from '@serendip/events-domain/testing';
import { RedisServer } from '@serendip/platform-redis/testing';
import { Redis } from 'ioredis';
import { openEventLog } from '../open-event-log.js';

let server: RedisServer;
beforeAll(async () => { server = await RedisServer.start(); });
afterAll(() => server.remove());

async function openPlace(): Promise<LogPlace> {
  const opened: OpenLog[] = [];
  const open = (mode: 'writer' | 'reader') => async (): Promise<OpenLog> => {
    opened.push(await openEventLog(server.url(), { mode }));
    return opened.at(-1)!;
  };
  return {
    writer: open('writer'),
    reader: open('reader'),
    remove: async () => {
      await Promise.all(opened.map((log) => log.close()));
      const client = new Redis(server.url());
      await client.flushall();
      client.disconnect();
    },
  };
}

eventLogConformance('RedisEventLog', openPlace);
