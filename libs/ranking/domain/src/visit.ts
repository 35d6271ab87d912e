/** What is known of a request or an event besides who and what: the `Context` message has this shape. */
export interface VisitFields {
  readonly device: string;
  readonly locale: string;
  readonly country: string;
  readonly attributes: Readonly<Record<string, VisitAttribute>>;
}

export interface VisitAttribute {
  readonly value: { readonly case?: string | undefined; readonly value?: unknown };
}

/** Attribute with an IANA time zone, as `Europe/Oslo`; says more than an offset. */
export const TIME_ZONE = 'timeZone';
/** Attribute with minutes east of UTC. */
export const UTC_OFFSET = 'utcOffsetMinutes';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const MOST_OFFSET = 18 * 60;
/** What a zone's name is made of; offsets, of which there are thousands, are none. */
const ZONE_NAME = /^[a-z][a-z0-9_+/-]{0,63}$/;

/**
 * Offsets of time zones, in minutes, each looked up once in a quarter of an hour: clocks change at none other. Only zones are kept, in one
 * spelling: there are some 600 of them, whatever names requests make up.
 */
class Zones {
  private readonly formats = new Map<string, Intl.DateTimeFormat>();
  private readonly known = new Map<string, { readonly quarter: number; readonly minutes: number }>();

  /** Undefined for a name that is no zone. */
  offset(name: string, timeMs: number): number | undefined {
    const zone = name.toLowerCase();
    const quarter = Math.floor(timeMs / QUARTER_MS);
    const known = this.known.get(zone);
    if (known?.quarter === quarter) return known.minutes;
    const format = this.formatOf(zone);
    if (format === undefined) return undefined;
    const text = format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /^GMT([+-])(\d+):?(\d+)?/.exec(text) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    this.known.set(zone, { quarter, minutes: offset });
    return offset;
  }

  private formatOf(zone: string): Intl.DateTimeFormat | undefined {
    const known = this.formats.get(zone);
    if (known !== undefined || !ZONE_NAME.test(zone)) return known;
    const format = formatFor(zone);
    if (format !== undefined) this.formats.set(zone, format);
    return format;
  }
}

function formatFor(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

const zones = new Zones();

/** Milliseconds to add to UTC for the visitor's own clock: by time zone, else by offset, else none. */
export function localOffsetMs(visit: VisitFields | undefined, timeMs: number): number {
  const zone = visit?.attributes[TIME_ZONE]?.value;
  if (zone?.case === 'text') {
    const minutes = zones.offset(zone.value as string, timeMs);
    if (minutes !== undefined) return minutes * MINUTE_MS;
  }
  const offset = visit?.attributes[UTC_OFFSET]?.value;
  if (offset?.case !== 'number') return 0;
  const minutes = offset.value as number;
  return Math.abs(minutes) <= MOST_OFFSET ? minutes * MINUTE_MS : 0;
}
