/** Nest token of the state store. */
export const STATE_STORE = Symbol('state store');
