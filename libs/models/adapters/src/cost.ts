import type { Measured } from './isolated/messages.js';

/** What an hour of it costs, in any currency. */
export interface Prices {
  readonly cpuHour: number;
  readonly gibibyteHour: number;
}

/** What clouds ask for a core and a GiB in an ordinary machine, US dollars, rounded. */
export const PRICES: Prices = { cpuHour: 0.04, gibibyteHour: 0.005 };

const HOUR = 3600;
const GIBIBYTE = 2 ** 30;

/** Cost of a million runs: CPU seconds and, for as long as one takes, memory. */
export function costPerMillion({ cpuSeconds, p50Ms }: Measured, memoryBytes: number, { cpuHour, gibibyteHour }: Prices): number {
  return 1e6 * ((cpuSeconds * cpuHour) / HOUR + ((p50Ms / 1000) * (memoryBytes / GIBIBYTE) * gibibyteHour) / HOUR);
}
