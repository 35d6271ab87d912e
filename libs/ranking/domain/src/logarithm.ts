const STEPS_BITS = 7;
const STEPS = 1 << STEPS_BITS;
/** 1 ÷ m and log m of the middle m of each step of [1, 2). */
const inverses = Float64Array.from({ length: STEPS }, (_, step) => 1 / (1 + (step + 0.5) / STEPS));
const logarithms = inverses.map((inverse) => -Math.log(inverse));
/** 2^-e. */
const scales = Float64Array.from({ length: 1024 }, (_, e) => 2 ** -e);
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/**
 * Math.log1p, but within 1e-12 of it and not to the last bit, which takes a sixth of the time: a tenth of what features take would be logarithms. The logarithm of x = m · 2^e · (1 + r), m the middle
 * of x's step, is log m + e · log 2 + log(1 + r), and r less than 1 ÷ 256 (Tang 1990).
 */
export function log1p(value: number): number {
  if (!(value > 0 && value < Infinity)) return value === 0 ? 0 : Math.log1p(value);
  number[0] = 1 + value;
  const high = words[1]!;
  const exponent = (high >>> 20) - 1023;
  const step = (high >>> (20 - STEPS_BITS)) & (STEPS - 1);
  const r = number[0] * scales[exponent]! * inverses[step]! - 1;
  return exponent * Math.LN2 + logarithms[step]! + r * (1 + r * (-1 / 2 + r * (1 / 3 - r / 4)));
}
