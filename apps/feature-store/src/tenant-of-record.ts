import { events } from '@serendip/shared-contracts';

const TENANT = events.EventSchema.field.tenant.number;
const LENGTH_DELIMITED = 2;
const plausible = /^[\w.-]{1,64}$/;

/** The tenant of a record that is no event, as far as its protobuf fields can be followed; undefined where they can't. */
export function tenantOfRecord(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < buffer.length;) {
    const tag = varintAt(buffer, at);
    const [field, wire] = [tag.value >>> 3, tag.value & 7];
    const length = wire === LENGTH_DELIMITED ? varintAt(buffer, tag.next) : undefined;
    const start = length?.next ?? tag.next;
    const end = length !== undefined ? start + length.value : wire === 0 ? varintAt(buffer, start).next : wire === 1 ? start + 8 : wire === 5 ? start + 4 : Infinity;
    if (!(end > at && end <= buffer.length)) return undefined;
    if (field === TENANT && wire === LENGTH_DELIMITED) {
      const tenant = buffer.toString('utf8', start, end);
      return plausible.test(tenant) ? tenant : undefined;
    }
    at = end;
  }
  return undefined;
}

function varintAt(buffer: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let next = at, factor = 1; next < buffer.length && next < at + 5; next++, factor *= 128) {
    value += (buffer[next]! & 0x7f) * factor;
    if (buffer[next]! < 0x80) return { value, next: next + 1 };
  }
  return { value, next: Infinity };
}
