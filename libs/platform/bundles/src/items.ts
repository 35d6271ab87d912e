/** items.txt: ids in row order, one a line; backslash and line ends are escaped. */
export function encodeItems(ids: readonly string[]): Uint8Array {
  const escaped = ids.map((id) => id.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r'));
  return new TextEncoder().encode(escaped.map((id) => `${id}\n`).join(''));
}

export function decodeItems(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped));
}
