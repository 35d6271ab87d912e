const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A UUID version 7 (RFC 9562) of a time and 10 random bytes from `at` on.
 * @param timeMs epoch milliseconds, 0 to 2^48 - 1
 */
export function uuidV7(timeMs: number, random: Uint8Array, at = 0): string {
  const time = Math.floor(timeMs).toString(16).padStart(12, '0');
  const byte = (i: number): string => hex[random[at + i]!]!;
  const version = hex[0x70 | (random[at]! & 0x0f)]!;
  const variant = hex[0x80 | (random[at + 2]! & 0x3f)]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${byte(1)}-${variant}${byte(3)}-${byte(4)}${byte(5)}${byte(6)}${byte(7)}${byte(8)}${byte(9)}`;
}
