import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logEntry, type LogEntry } from './log-entry.js';

const ENDING = '.log';
const LOOK_MS = 200;
const PART_BYTES = 2 ** 20;
const NEWLINE = 10;

/** Services that have a log in a folder, sorted; none where there is no such folder. */
export async function servicesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING)).map((name) => basename(name, ENDING)).sort();
}

/** The logs of services, as far as they have been read; what is appended comes with the next reading. */
export class LogFiles {
  private readonly files: readonly LogFile[];

  constructor(folder: string, services: readonly string[]) {
    this.files = services.map((service) => new LogFile(join(folder, `${service}${ENDING}`), service));
  }

  /** Whole lines that have come since the last reading, merged by time. */
  async read(): Promise<readonly LogEntry[]> {
    const entries = (await Promise.all(this.files.map((file) => file.read()))).flat();
    return entries.sort((a, b) => a.timeMs - b.timeMs);
  }

  /** What is appended from now on, until it is told to end. */
  async* follow(signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    while (!signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      const entries = await this.read();
      if (entries.length > 0) yield entries;
    }
  }
}

class LogFile {
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);
  private latestMs = 0;

  constructor(private readonly path: string, private readonly service: string) {}

  async read(): Promise<LogEntry[]> {
    const { size } = await stat(this.path).catch(() => ({ size: 0 }));
    if (size < this.position) [this.position, this.rest] = [0, Buffer.alloc(0)];
    if (size === this.position) return [];
    const entries: LogEntry[] = [];
    const file = await open(this.path);
    try {
      while (this.position < size) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(PART_BYTES, size - this.position)), 0, undefined, this.position);
        if (bytesRead === 0) break;
        this.position += bytesRead;
        entries.push(...this.linesOf(Buffer.concat([this.rest, buffer.subarray(0, bytesRead)])));
      }
    } finally {
      await file.close();
    }
    return entries;
  }

  private linesOf(bytes: Buffer): LogEntry[] {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.rest = bytes.subarray(end);
    return bytes.toString('utf8', 0, end).split('\n').filter((line) => line !== '').map((line) => {
      const entry = logEntry(line, { service: this.service, timeMs: this.latestMs });
      this.latestMs = entry.timeMs;
      return entry;
    });
  }
}
