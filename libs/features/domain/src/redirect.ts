/** What stands in place of an anonymous visitor's state once it is known who that is: u16 0xffff · the user's id in UTF-8. */
const MARK = 0xff;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeRedirect(userId: string): Uint8Array {
  return Uint8Array.of(MARK, MARK, ...encoder.encode(userId));
}

/** The user that a record points to; undefined for a state, and for none. */
export function redirectOf(record: Uint8Array | undefined): string | undefined {
  if (record === undefined || record[0] !== MARK || record[1] !== MARK) return undefined;
  return decoder.decode(record.subarray(2));
}
