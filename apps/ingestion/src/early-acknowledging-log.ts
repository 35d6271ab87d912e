import type { EventLog, LogRecord } from '@serendip/events-domain';

const DELAY_MS = 150;

/** A planted fault for chaos tests: says that records are durable before they have been written. What is lost by it must be found. */
export function earlyAcknowledging(log: EventLog): EventLog {
  return new Proxy(log, {
    get(target, property) {
      if (property !== 'append') {
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (records: readonly LogRecord[]): Promise<readonly number[]> => {
        setTimeout(() => void target.append(records), DELAY_MS);
        return records.map(() => 0);
      };
    },
  });
}
