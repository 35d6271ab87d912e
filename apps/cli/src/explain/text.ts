/** Scripts and signs that take two columns of a terminal. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Columns that a text without colours takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** A text in one line of at most so many columns, its end left out where it must be. */
export function cut(text: string, columns: number): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (widthOf(line) <= columns) return line;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(line)) {
    width += WIDE.test(segment) ? 2 : 1;
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** A text in exactly so many columns. */
export function left(text: string, columns: number): string {
  const line = cut(text, columns);
  return line + ' '.repeat(Math.max(0, columns - widthOf(line)));
}

export function right(text: string, columns: number): string {
  const line = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - widthOf(line))) + line;
}

/** Parts put together with a separator into as few lines of at most so many columns as they need. */
export function wrapped(parts: readonly string[], separator: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : last + separator + part;
    if (last === undefined || widthOf(longer) > columns) lines.push(cut(part, columns));
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A bar of a share of so many columns, to an eighth of one; something for whatever is more than nothing. */
export function bar(share: number, columns: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(Math.min(1, share) * columns * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

export const count = (n: number): string => n.toLocaleString('en');

export const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** A number with three digits that say something, never in a form that people can't read. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(1).replace('-', '−');
  const text = size >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
  return text.replace('-', '−');
}

export const signed = (value: number): string => (value < 0 ? plain(value) : `+${plain(value)}`);
