/** Nest token of the state reader. */
export const STATE_READER = Symbol('state reader');
