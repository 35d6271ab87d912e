import { InvalidArgumentError } from 'commander';
import colors from 'picocolors';
import type { Colors } from 'picocolors/types.js';

const MOST_COLUMNS = 100;
const LEAST_COLUMNS = 60;

/** Where a command writes. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Columns to write in: those of the terminal, 60 to 100. */
export const columnsOf = ({ columns = MOST_COLUMNS }: Output): number => Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, columns));

/** Colours are for people at a terminal. */
export const colorsOf = ({ isTTY = false }: Output): Colors => colors.createColors(isTTY && colors.isColorSupported);

/** Prints an answer as JSON, or in words. */
export function print<T>(answer: T, { json }: { readonly json: boolean }, { output, text }: { readonly output: Output; readonly text: (answer: T) => string }): void {
  output.write(`${json ? JSON.stringify(answer, null, 2) : text(answer)}\n`);
}

/** Ends the process by `end` when nobody reads the stream any more, as behind `head`. Throws any other error of it. */
export function endWithReader(stream: NodeJS.WritableStream, end: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    end();
  });
}

/** Reads a whole number of a range. */
export function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}
