/** Progress on stderr: one line that changes in a terminal, a line at each quarter elsewhere, nothing when quiet. */
export class Progress {
  private shown = '';
  private readonly isTerminal = process.stderr.isTTY;

  constructor(private readonly options: { readonly quiet: boolean }) {}

  readonly update = (stage: string, done: number, total: number): void => {
    if (this.options.quiet) return;
    const share = total === 0 ? 1 : done / total;
    const step = `${stage}:${this.isTerminal ? Math.floor(share * 100) : Math.floor(share * 4)}`;
    if (step === this.shown) return;
    this.shown = step;
    const filled = Math.round(share * 24);
    const line = `  ${stage.padEnd(9)} ${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
    const isEnd = done >= total;
    process.stderr.write(this.isTerminal ? `\r${line}\x1b[K${isEnd ? '\n' : ''}` : `${line}\n`);
  };
}
