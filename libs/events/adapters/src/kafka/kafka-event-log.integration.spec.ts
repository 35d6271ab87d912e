import { afterAll, beforeAll } from '@jest/globals';
import type { OpenLog } from '@serendip/events-domain';
import { eventLogConformance, type LogPlace } from '@serendip/events-domain/testing';
import { KafkaCluster } from '@serendip/platform-kafka/testing';
import { openEventLog } from '../open-event-log.js';

let cluster: KafkaCluster;
beforeAll(KafkaCluster.fetch, 300_000);
beforeAll(async () => { cluster = await KafkaCluster.start(); }, 120_000);
afterAll(() => cluster.remove());

let places = 0;

async function openPlace(): Promise<LogPlace> {
  const url = cluster.url(`log-${++places}`);
  const opened: OpenLog[] = [];
  const open = (mode: 'writer' | 'reader') => async (): Promise<OpenLog> => {
    opened.push(await openEventLog(url, { mode }));
    return opened.at(-1)!;
  };
  return { writer: open('writer'), reader: open('reader'), remove: async () => { await Promise.all(opened.map((log) => log.close())); } };
}

eventLogConformance('KafkaEventLog', openPlace, { epochs: 'elected' });
