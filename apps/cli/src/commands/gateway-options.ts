import { GatewayClient, type GatewayOptions } from '@serendip/platform-gateway-client';
import { isDomainError } from '@serendip/shared-errors';
import { Option, type Command } from 'commander';
import { demoGateway, demoKey } from '../http/demo.js';
import { savedLogin } from '../http/saved-login.js';
import { adviceFor, type Asked } from './advice.js';
import { EXIT, Failure } from './failure.js';

export interface GatewayFlags {
  readonly url: string;
  readonly key?: string;
  readonly json: boolean;
}

/** That of the demo that runs in this folder, or where one would be. */
export const localGateway = (): string => demoGateway() ?? 'http://127.0.0.1:8080';

/** The options of every command that asks the gateway. */
export function gatewayOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the gateway').env('SERENDIP_GATEWAY').default(savedLogin()?.url ?? localGateway()))
    .addOption(new Option('--key <key>', 'a secret key (sk_…); where there is none, that of the login, or of the demo in .serendip').env('SERENDIP_KEY'))
    .option('--json', 'print the answer as it is', false);
}

const TIMEOUT_MS = 20_000;

/** The key that was given, or that of the login at this gateway, or the demo's; throws Failure for none. */
export function keyOf({ url, key: given }: GatewayFlags): string {
  const login = savedLogin();
  const key = given ?? (login?.url === url ? login.key : demoKey());
  if (key === undefined) throw new Failure('There is no key, and this needs a secret one: give --key sk_…, set SERENDIP_KEY, or `serendip login`.', EXIT.usage);
  return key;
}

/** Asks once; rejects with a Failure that says what went wrong and what to do. */
export function askGateway<T>(flags: GatewayFlags, asked: Omit<Asked, 'url'>, ask: Ask<T>, timeoutMs = TIMEOUT_MS): Promise<T> {
  return askWith(flags, asked, ask, { tries: 1, timeoutMs });
}

/** As askGateway, for what may be sent twice, whatever became of it the first time: four times while the connection is lost, or the gateway is busy or away. */
export function askAgain<T>(flags: GatewayFlags, ask: Ask<T>, timeoutMs: number): Promise<T> {
  return askWith(flags, {}, ask, { tries: 4, longestWaitMs: 2000, retryStatuses: [429, 502, 503, 504], timeoutMs });
}

/** As askGateway, about something that is under way and may take minutes: a gateway that is busy, away or at fault is asked again for half a minute. Only for what may be asked twice. */
export function askMeanwhile<T>(flags: GatewayFlags, ask: Ask<T>): Promise<T> {
  return askWith(flags, {}, ask, { tries: 12, longestWaitMs: 5000, timeoutMs: TIMEOUT_MS });
}

type Ask<T> = (client: GatewayClient) => Promise<T>;

async function askWith<T>(flags: GatewayFlags, asked: Omit<Asked, 'url'>, ask: Ask<T>, patience: Omit<GatewayOptions, 'gateways' | 'key'>): Promise<T> {
  const { url } = flags;
  const key = keyOf(flags);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure(`'${url}' is no address of a gateway: give --url like http://127.0.0.1:8080.`, EXIT.usage);
  try {
    return await ask(new GatewayClient({ gateways: [url], key, ...patience }));
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new Failure(adviceFor(error, { url, filter: asked.filter, boost: asked.boost }), error.reason === 'GATEWAY_UNREACHABLE' ? EXIT.unreachable : EXIT.refused, error.reason);
  }
}
