import type { Level, Place } from './command-tree.js';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function fishScript(levels: readonly Level[]): string {
  return `function __serendip_at
  set -l at ''
  for word in (commandline -opc)[2..]
    if contains -- "$at/$word" ${levels.filter(({ path }) => path !== '').map(({ path }) => path).join(' ')}
      set at "$at/$word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c serendip -f
${levels.flatMap(lines).join('\n')}
`;
}

function lines({ path, commands, options, argument }: Level): string[] {
  const line = (rest: string): string => `complete -c serendip -n ${quoted(`__serendip_at "${path}"`)} ${rest}`;
  return [
    ...commands.map(({ name, description }) => line(`-a ${name} -d ${quoted(description)}`)),
    ...options.map(({ name, description, value }) => line(`-l ${name.slice(2)}${value === undefined ? '' : ` -r ${placed(value)}`} -d ${quoted(description)}`)),
    ...(argument === undefined ? [] : [line(placed(argument))]),
  ];
}

function placed(place: Place): string {
  if (place === 'files') return '-F';
  return Array.isArray(place) ? `-f -a ${quoted(place.join(' '))}` : `-f -a ${quoted(`(serendip __values ${place as string} 2>/dev/null)`)}`;
}
