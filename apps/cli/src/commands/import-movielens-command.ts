import { GatewayClient } from '@serendip/platform-gateway-client';
import { Command } from 'commander';
import { importMovieLens } from '../movielens/import-movielens.js';
import { Progress } from './progress.js';

interface Flags {
  readonly gateway: string;
  readonly key?: string;
  readonly name?: string;
  readonly shiftTimes: boolean;
  readonly rejects: string;
  readonly stateDir: string;
  readonly resend: boolean;
  readonly json: boolean;
}

/** `serendip import movielens …` */
export function importMovieLensCommand(): Command {
  const command = new Command('movielens');
  return command
    .argument('<dir>', 'a MovieLens 100K or 1M folder')
    .description('import films, viewers and ratings in event-time order; run it again and it goes on where it stopped')
    .option('--gateway <url>', 'the gateway', process.env.SERENDIP_GATEWAY ?? 'http://127.0.0.1:8080')
    .option('--key <key>', 'a secret key (sk_…); default: SERENDIP_KEY', process.env.SERENDIP_KEY)
    .option('--name <name>', 'name of the import; default: movielens-<folder>')
    .option('--shift-times', 'move all times so that the newest event is now', false)
    .option('--rejects <file>', 'where to write what was not accepted', 'rejects.jsonl')
    .option('--state-dir <dir>', 'where to remember the shift of times', '.serendip/imports')
    .option('--resend', 'send every batch again, to see that nothing changes', false)
    .option('--json', 'print the report as JSON', false)
    .action(async (dir: string, { gateway, key, json, name, ...flags }: Flags) => {
      if (key === undefined) command.error('error: a secret key is needed: give --key or set SERENDIP_KEY');
      // What nobody foresaw is told at once.
      const client = new GatewayClient({ gateways: [gateway], key: key!, tries: 30, timeoutMs: 20_000, longestWaitMs: 5_000, retryStatuses: [429, 502, 503, 504] });
      const started = performance.now();
      const report = await importMovieLens(client, { dir, name, ...flags, onProgress: new Progress({ quiet: json }).update, nowMs: Date.now() });
      const seconds = (performance.now() - started) / 1000;
      if (json) process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`);
      else process.stdout.write(`  ${report.sent.toLocaleString('en')} ratings sent in ${seconds.toFixed(1)} s, ${report.rejected} rejected${report.rejected > 0 ? ` (see ${flags.rejects})` : ''}.\n`);
    });
}
