import { DomainError } from '@serendip/shared-errors';

/** items.txt: ids in row order, one a line; backslash and line ends are escaped. */
export function encodeItems(ids: readonly string[]): Uint8Array {
  const escaped = ids.map((id) => id.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r'));
  return new TextEncoder().encode(escaped.map((id) => `${id}\n`).join(''));
}

/** The ids of an items.txt, in order. Throws INVALID_ARGUMENT/ITEMS_INVALID for what is not UTF-8. */
export function decodeItems(bytes: Uint8Array): string[] {
  const lines = textOf(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped));
}

function textOf(bytes: Uint8Array): string {
  try {
    // A mark at the beginning would be part of the first id.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError('INVALID_ARGUMENT', 'ITEMS_INVALID', 'This items.txt is not UTF-8.', { cause });
  }
}
