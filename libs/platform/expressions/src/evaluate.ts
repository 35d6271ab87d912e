import type { Bindings } from './bindings.js';
import type { Value } from './values.js';

/** Works out the value of a part of an expression; never throws. */
export type Evaluate = (bindings: Bindings) => Value;

/** The element that a list macro is at. Macros don't nest and evaluation is synchronous, so one place serves all. */
export const element: { current: Value } = { current: undefined };
