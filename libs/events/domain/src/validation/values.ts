import { EVENT_LIMITS } from './limits.js';

/** Latest time of the platform's calendar, epoch milliseconds. */
const lastTimeMs = 8.64e15;

export const isId = (text: string): boolean => text.length > 0 && text.length <= EVENT_LIMITS.idCharacters;

/** Whether a time in epoch milliseconds is a time at all, from 1970 on. */
export const isTime = (timeMs: number): boolean => timeMs >= 0 && timeMs <= lastTimeMs;

export const isAmount = (value: number): boolean => value >= 0 && value < Infinity;

/** Whether bytes are little-endian float32 values, all finite. */
export function areFiniteFloats(bytes: Uint8Array): boolean {
  if (bytes.length % 4 !== 0) return false;
  for (let at = 3; at < bytes.length; at += 4) {
    // All exponent bits set: infinite or not a number.
    if ((bytes[at]! & 0x7f) === 0x7f && (bytes[at - 1]! & 0x80) !== 0) return false;
  }
  return true;
}
