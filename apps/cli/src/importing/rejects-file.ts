import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What an import did not accept, one JSON object a line, each once; the file is made when there is something. */
export class RejectsFile {
  private readonly lines: Set<string>;
  private file: number | undefined;

  /** An import that goes on keeps what it had written before; another one begins the file anew. */
  constructor(private readonly path: string, private readonly options: { readonly goesOn: boolean }) {
    this.lines = new Set(options.goesOn ? linesOf(path) : []);
  }

  /** `file:line` of every row that is in it, those of earlier runs too. */
  get places(): ReadonlySet<string> {
    return new Set([...this.lines].map(placeOf));
  }

  readonly add = (reject: object): void => {
    const line = JSON.stringify(reject);
    if (this.lines.has(line)) return;
    this.lines.add(line);
    this.file ??= this.open();
    writeSync(this.file, `${line}\n`);
  };

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }

  private open(): number {
    mkdirSync(dirname(resolve(this.path)), { recursive: true });
    return openSync(this.path, this.options.goesOn ? 'a' : 'w');
  }
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A line that was cut short when an earlier run was killed has no place. */
function placeOf(line: string): string {
  try {
    const { file, line: number } = JSON.parse(line) as { readonly file?: unknown; readonly line?: unknown };
    return `${String(file)}:${String(number)}`;
  } catch {
    return '';
  }
}
