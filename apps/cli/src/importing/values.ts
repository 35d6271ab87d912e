/** How values of a source become values of the API. Each answers undefined for what it can not read. */

const goTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))? ([+-]\d\d)(\d\d) \S+$/;
/** Numbers below are seconds, unless it is said what they are: as milliseconds they would be in 1970 to 1973. */
const LEAST_MILLISECONDS = 1e11;
/** What Go writes for no time at all. */
export const isNoTime = (value: unknown): boolean => /^0001-01-01/.test(String(value).trim());

export const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Epoch milliseconds of a number (seconds or milliseconds), of RFC 3339, or of a time as Go prints it. */
export function timeOf(value: unknown, unit?: 'seconds' | 'milliseconds'): number | undefined {
  if (isNoTime(value)) return undefined;
  const text = String(value).trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.round(unit === 'seconds' || (unit === undefined && number < LEAST_MILLISECONDS) ? number * 1000 : number);
  }
  const milliseconds = Date.parse(text.replace(goTime, (_, day, time, fraction = '0', hours, minutes) => `${day}T${time}.${String(fraction).slice(0, 3).padEnd(3, '0')}${hours}:${minutes}`));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function flagOf(value: unknown): boolean | undefined {
  const text = String(value).toLowerCase();
  if (['true', '1', 'yes'].includes(text)) return true;
  return ['false', '0', 'no'].includes(text) ? false : undefined;
}

export const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).map(String).filter((one) => one !== '');

/** An attribute as JSON has it; a text that is written as a number or a flag is one, unless it is to stay text. */
export function attributeOf(value: unknown, stayText: boolean): string | number | boolean | readonly (string | number)[] | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return stayText ? String(value) : value;
  if (typeof value === 'string') {
    if (stayText) return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return String(Number(value)) === value && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  if (!Array.isArray(value)) return undefined;
  return value.every((one) => typeof one === 'number') && !stayText ? value as number[] : value.map(String);
}

/** `AddToCart` and `add to cart` as `add_to_cart`. */
export const typeNameOf = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/[\s-]+/g, '_').toLowerCase();
