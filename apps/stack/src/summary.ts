import pc from 'picocolors';
import type { StackOptions } from './options.js';
import type { DemoKeys, Stack } from './stack.js';

const pad = (text: string, width: number): string => text.padEnd(width);

/** The one screen: what runs where, the keys, and a line to try. */
export function summary(stack: Pick<Stack, 'all' | 'gatewayUrls'>, keys: DemoKeys, options: StackOptions): string {
  const [gateway] = stack.gatewayUrls;
  const rows = stack.all.map(({ name, port, adminPort, what }) =>
    `  ${pc.cyan(pad(name, 15))} ${pad(`:${port}`, 8)} ${pc.dim(`metrics :${adminPort}`)}   ${what}`);
  const user = options.data === undefined ? 'userId=shopper-0001&fields=title,price' : 'userId=1&fields=title';
  return [
    '',
    pc.bold(pc.green('Serendip is ready.')),
    '',
    ...rows,
    '',
    ...(gateway === undefined ? [`  ${pc.bold('No gateway')}  it was left out: start one with \`npx nx serve gateway\``] : [
      `  ${pc.bold('Shop')}      ${gateway}/shop/         click around as one of the shoppers and watch the list change`,
      `  ${pc.bold('API')}       ${gateway}/docs          browse it; the document is /openapi.json`,
    ]),
    `  ${pc.bold('Keys')}      ${keys.publishable}   (publishable)`,
    `            ${keys.secret}   (secret)`,
    `  ${pc.bold('Data')}      ${options.dataDir}`,
    `  ${pc.bold('Logs')}      ${options.dataDir}/logs`,
    '',
    ...(gateway === undefined ? [] : ['  Try it:', `  curl -s -H 'Authorization: Bearer ${keys.publishable}' '${gateway}/v1/recommendations?placement=home&${user}'`, '']),
    pc.dim('  Ctrl-C stops everything; the next start keeps its data.'),
    '',
  ].join('\n');
}
