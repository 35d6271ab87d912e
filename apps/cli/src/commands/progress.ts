import { SingleBar } from 'cli-progress';

/** Shows stages one after the other: a bar on a terminal, a line for each finished stage elsewhere, nothing when quiet. */
export class Progress {
  private bar: SingleBar | undefined;
  private stage = '';
  private startedAt = 0;

  constructor(private readonly options: { readonly quiet: boolean }) {}

  /** How far a stage is; `unit` follows its numbers. */
  readonly update = (stage: string, done: number, total: number, unit = ''): void => {
    if (this.options.quiet) return;
    if (stage !== this.stage) this.begin(stage, total, unit);
    this.bar?.update(done);
    if (done < total) return;
    this.bar?.stop();
    if (this.bar === undefined) process.stderr.write(`  ${stage}: ${total.toLocaleString('en')}${unit} (${((performance.now() - this.startedAt) / 1000).toFixed(1)} s)\n`);
    this.bar = undefined;
    this.stage = '';
  };

  private begin(stage: string, total: number, unit: string): void {
    this.stage = stage;
    this.startedAt = performance.now();
    if (!process.stderr.isTTY) return;
    this.bar = new SingleBar({ format: `  ${stage.padEnd(14)} {bar} {percentage} %  {value}/{total}${unit}  {duration_formatted}`, hideCursor: true, stream: process.stderr });
    this.bar.start(total, 0);
  }
}
