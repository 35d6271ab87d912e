import { Command } from 'commander';
import { forgetLogin, loginFile, saveLogin } from '../http/saved-login.js';
import { askGateway, gatewayOptions, keyOf, type GatewayFlags } from './gateway-options.js';
import type { Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip login --url https://gateway.example --key sk_…     every command but import asks there from now on
  serendip login --forget                                     … and no more

--url and --key, SERENDIP_GATEWAY and SERENDIP_KEY go before it. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no gateway.`;

interface Flags extends GatewayFlags {
  readonly forget: boolean;
}

/** `serendip login`; rejects with Failure, and with CommanderError for wrong usage. */
export function loginCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('login')
    .description('keep a gateway and a secret key for the commands that follow, once the gateway takes the key')
    .option('--forget', 'forget them', false))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip login --help shows examples)')
    .exitOverride()
    .action((flags: Flags) => login(flags, output));
}

async function login({ forget, ...flags }: Flags, output: Output): Promise<void> {
  if (forget) forgetLogin();
  else {
    await askGateway(flags, {}, (client) => client.send('GET', '/v1/models'));
    saveLogin({ url: flags.url, key: keyOf(flags) });
  }
  output.write(flags.json ? `${JSON.stringify({ url: forget ? null : flags.url })}\n` : forget ? 'Forgotten.\n' : `${flags.url} takes the key; both are kept in ${loginFile()}.\n`);
}
