import { costOf, type Prices } from '@serendip/platform-config/prices';
import type { Measured } from './isolated/messages.js';

const GIBIBYTE = 2 ** 30;

/** Cost of a million runs on the processor: CPU seconds and, for as long as one takes, memory. */
export function costPerMillion({ cpuSeconds, p50Ms }: Measured, memoryBytes: number, prices: Prices): number {
  return 1e6 * costOf({ cpuSeconds, gibibyteSeconds: (p50Ms / 1000) * (memoryBytes / GIBIBYTE) }, prices);
}
