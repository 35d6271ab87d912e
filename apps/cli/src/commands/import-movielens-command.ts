import { Command } from 'commander';
import { importMovieLens } from '../movielens/import-movielens.js';
import { importClient, importOptions, type ImportFlags } from './import-options.js';
import { Progress } from './progress.js';

interface Flags extends ImportFlags {
  readonly shiftTimes: boolean;
}

/** `serendip import movielens …` */
export function importMovieLensCommand(): Command {
  const command = new Command('movielens');
  return importOptions(command, { names: 'movielens-<folder>', state: 'the shift of times' })
    .argument('<dir>', 'a MovieLens 100K or 1M folder')
    .description('import films, viewers and ratings in event-time order; run it again and it goes on where it stopped')
    .option('--shift-times', 'move all times so that the newest event is now', false)
    .action(async (dir: string, { gateway, key, json, name, ...flags }: Flags) => {
      if (key === undefined) command.error('error: a secret key is needed: give --key or set SERENDIP_KEY');
      const started = performance.now();
      const report = await importMovieLens(importClient(gateway, key!), { dir, name, ...flags, onProgress: new Progress({ quiet: json }).update, nowMs: Date.now() });
      const seconds = (performance.now() - started) / 1000;
      if (json) process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`);
      else process.stdout.write(`  ${report.sent.toLocaleString('en')} ratings sent in ${seconds.toFixed(1)} s, ${report.rejected} rejected${report.rejected > 0 ? ` (see ${flags.rejects})` : ''}.\n`);
    });
}
