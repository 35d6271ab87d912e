import type { EventLog, LogRecord } from '@serendip/events-domain';

const leastDelayMs = 50;
const mostDelayMs = 200;

/** A planted fault for chaos tests: says that records are durable before it writes them. What is lost by that must be found. */
export function earlyAcknowledging(log: EventLog): EventLog {
  const append = async (records: readonly LogRecord[]): Promise<readonly number[]> => {
    const delayMs = leastDelayMs + Math.random() * (mostDelayMs - leastDelayMs);
    setTimeout(() => log.append(records).catch(() => undefined), delayMs);
    return records.map(() => 0);
  };
  return new Proxy(log, {
    get(target, property) {
      if (property === 'append') return append;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
