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

/** How much one event of a type says for an item, before a tenant's own weights; negative for dislike and hide. */
export function engagementWeight(code: number, value: number): number {
  switch (eventTypeName(code)) {
    case 'view': return 1;
    case 'click': return 1;
    case 'add_to_cart': return 3;
    case 'purchase': return 5;
    case 'like': return 3;
    case 'watch': return 1;
    case 'rating': return Number.isFinite(value) ? Math.max(0, value) / 5 : 1;
    case 'dislike': return -1;
    case 'hide': return -1;
    case 'search': return 0;
    // That an item was on the screen says nothing for it.
    case 'impression': return 0;
    default: return 1;
  }
}
