let lastMs = 0;
let sequence = 0;

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

/** A UUIDv7 (RFC 9562): later ones sort after earlier ones, also within a millisecond of one page and when the clock goes back. */
export function newId(nowMs: number): string {
  sequence = nowMs > lastMs ? 0 : sequence + 1;
  lastMs = Math.max(nowMs, lastMs) + (sequence >> 12);
  sequence &= 0xfff;
  const time = hex(lastMs, 12);
  const random = [...crypto.getRandomValues(new Uint16Array(4))].map((n) => hex(n, 4));
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(sequence, 3)}-${hex(parseInt(random[0]!, 16) & 0x3fff | 0x8000, 4)}-${random.slice(1).join('')}`;
}
