import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenLog } from '@serendip/events-domain';
import { eventLogConformance, type LogPlace } from '@serendip/events-domain/testing';
import { openEventLog } from '../open-event-log.js';

async function openPlace(): Promise<LogPlace> {
  const directory = mkdtempSync(join(tmpdir(), 'event-log-'));
  const opened: OpenLog[] = [];
  const open = (mode: 'writer' | 'reader') => async (): Promise<OpenLog> => {
    opened.push(await openEventLog(`lmdb:${directory}`, { mode }));
    return opened.at(-1)!;
  };
  return {
    writer: open('writer'),
    reader: open('reader'),
    remove: async () => {
      await Promise.all(opened.map((log) => log.close()));
      rmSync(directory, { recursive: true });
    },
  };
}

eventLogConformance('LmdbEventLog', openPlace);
