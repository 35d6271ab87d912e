import { GatewayClient } from '@serendip/platform-gateway-client';
import type { Command } from 'commander';
import { localGateway } from './gateway-options.js';

export interface ImportFlags {
  readonly gateway: string;
  readonly key?: string;
  readonly name?: string;
  readonly rejects: string;
  readonly stateDir: string;
  readonly resend: boolean;
  readonly json: boolean;
}

/** The options of every import; `names` and `state` say what --name and --state-dir are for. */
export function importOptions(command: Command, { names, state }: { readonly names: string; readonly state: string }): Command {
  return command
    .option('--gateway <url>', 'the gateway', process.env.SERENDIP_GATEWAY ?? localGateway())
    .option('--key <key>', 'a secret key (sk_…); default: SERENDIP_KEY', process.env.SERENDIP_KEY)
    .option('--name <name>', `name of the import; default: ${names}`)
    .option('--rejects <file>', 'where to write what was not accepted', 'rejects.jsonl')
    .option('--state-dir <dir>', `where to remember ${state}`, '.serendip/imports')
    .option('--resend', 'send every batch again, to see that nothing changes', false)
    .option('--json', 'print the report as JSON', false);
}

/** Patient, since the gateway lets a batch that is ahead of its turn wait. */
export const importClient = (gateway: string, key: string): GatewayClient => new GatewayClient({ gateways: [gateway], key, tries: 30, timeoutMs: 20_000, longestWaitMs: 5_000, retryStatuses: [429, 502, 503, 504] });
