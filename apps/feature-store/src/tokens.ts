/** Nest token of the state store. */
export const STATE_STORE = Symbol('state store');
/** Nest token of the milliseconds between two looks at changed statistics. */
export const STATISTICS_EVERY_MS = Symbol('statistics every ms');
