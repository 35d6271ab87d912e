import { hash64 } from '@serendip/shared-identity';

/** Standard event types; a type's code is its place here, and its bit in type masks. Code 0 is no type. */
const standardTypes = ['', 'view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide', 'search', 'watch', 'impression'] as const;

export type StandardEventType = Exclude<(typeof standardTypes)[number], ''>;

const FIRST_OWN_CODE = 16;
const OWN_CODES = 16;
const codes = new Map<string, number>(standardTypes.map((type, code) => [type, code]));

/**
 * Code of an event type, 1 to 31. A tenant's own type has one of the codes 16 to 31 by its hash, so that it depends on
 * nothing but its name; two of them may share a code.
 */
export function eventTypeCode(type: string): number {
  return codes.get(type) ?? FIRST_OWN_CODE + (hash64(type).lo % OWN_CODES);
}

/** Name of a standard code; `custom-<code>` for the others. */
export function eventTypeName(code: number): string {
  return standardTypes[code] ?? `custom-${code}`;
}

/** Bit mask of event types: bit t is set for code t. Unsigned 32 bits. */
export function eventTypeMask(types: readonly string[]): number {
  return types.reduce((mask, type) => mask | (1 << eventTypeCode(type)), 0) >>> 0;
}

const OTHER_WEIGHT = 1;
/** That an item was on the screen or among what was searched for says nothing for it. */
const weights: Readonly<Record<StandardEventType, number>> = {
  view: 1, click: 1, add_to_cart: 3, purchase: 5, rating: OTHER_WEIGHT, like: 3, dislike: -1, hide: -1, search: 0, watch: 1, impression: 0,
};
const weightOfCode = Float64Array.from({ length: 32 }, (_, code) => weights[standardTypes[code] as StandardEventType] ?? OTHER_WEIGHT);
const RATING = eventTypeCode('rating');
const FULL_RATING = 5;

/**
 * How much one event of a type says for an item, before a tenant's own weights; negative for dislike and hide. A rating counts by its value, where
 * it has one.
 */
export function engagementWeight(code: number, value: number): number {
  return code === RATING && Number.isFinite(value) ? Math.max(0, value) / FULL_RATING : weightOfCode[code] ?? OTHER_WEIGHT;
}
