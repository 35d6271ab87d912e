import { LRUCache } from 'lru-cache';

/** Attributes that tell the visitor's own clock, as ranking reads them: an IANA zone, or minutes east of UTC. The zone says more. */
const TIME_ZONE = 'timeZone';
const UTC_OFFSET = 'utcOffsetMinutes';

const MOST_OFFSET = 18 * 60;
const LONGEST_ZONE = 64;

/** Formats of zones; false for a name that is none. */
const formats = new LRUCache<string, Intl.DateTimeFormat | false>({ max: 500 });

/** The hour of the visitor's own clock, 0 to 23; of UTC when the attributes don't tell. */
export function localHour(attributes: Readonly<Record<string, unknown>>, nowMs: number): number {
  const zone = attributes[TIME_ZONE];
  const format = typeof zone === 'string' && zone.length <= LONGEST_ZONE ? formatOf(zone) : false;
  if (format !== false) return Number(format.format(nowMs));
  const offset = attributes[UTC_OFFSET];
  const minutes = typeof offset === 'number' && Math.abs(offset) <= MOST_OFFSET ? offset : 0;
  return new Date(nowMs + minutes * 60_000).getUTCHours();
}

function formatOf(zone: string): Intl.DateTimeFormat | false {
  let format = formats.get(zone);
  if (format === undefined) formats.set(zone, format = newFormat(zone));
  return format;
}

function newFormat(zone: string): Intl.DateTimeFormat | false {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
  } catch {
    return false;
  }
}
