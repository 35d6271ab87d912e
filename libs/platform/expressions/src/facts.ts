import type { Facts } from './bindings.js';
import { localHour } from './local-hour.js';

export interface VisitFacts {
  readonly device?: string | undefined;
  readonly locale?: string | undefined;
  readonly country?: string | undefined;
  readonly attributes?: Facts | undefined;
}

/**
 * What `context` stands for: the free attributes, then device, locale and country where they are known (not empty), and `hour`, 0 to 23 by the visitor's
 * own clock as the attributes `timeZone` or `utcOffsetMinutes` tell it, else in UTC.
 */
export function contextFacts({ device, locale, country, attributes = {} }: VisitFacts, nowMs: number): Facts {
  return { ...attributes, hour: localHour(attributes, nowMs), ...known({ device, locale, country }) };
}

/** What `user` stands for: the profile's attributes and the id, missing (as it is of a visitor without one) when empty. */
export function userFacts(id: string | undefined, attributes: Facts = {}): Facts {
  return { ...attributes, ...known({ id }) };
}

function known(facts: Readonly<Record<string, string | undefined>>): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));
}
