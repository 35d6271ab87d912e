import type { EventLog } from '@serendip/events-domain';
import { PARTITIONS } from '@serendip/shared-identity';

/** More records than any test appends. */
export const everything = 1_000_000;

export const record = (partition: number, text: string) => ({ partition, bytes: Buffer.from(text) });

/** What a partition has, as texts. */
export const textsOf = async (log: EventLog, partition: number): Promise<string[]> => (await log.read(partition, 0, everything)).map(({ bytes }) => Buffer.from(bytes).toString());

/** By partition, then position, of keys position × PARTITIONS + partition. */
export const byPlace = ([a]: [number, string], [b]: [number, string]): number => (a % PARTITIONS) - (b % PARTITIONS) || a - b;
