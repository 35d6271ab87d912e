import type { Level, Place } from './command-tree.js';

/** A script for bash and, through its bashcompinit, for zsh. */
export function bashScript(levels: readonly Level[]): string {
  return `_serendip() {
  local line=\${COMP_LINE:0:COMP_POINT} at= words= values= word
  local cur=\${line##* }
  local before=\${line%"$cur"}
  local prev=\${before% }; prev=\${prev##* }
  for word in \${before#* }; do
    case "$at/$word" in
      ${levels.filter(({ path }) => path !== '').map(({ path }) => path).join('|')}) at="$at/$word" ;;
    esac
  done
  case "$at $prev" in
${levels.flatMap(({ path, options }) => options.filter(({ value }) => value !== undefined).map(({ name, value }) => `    '${path} ${name}') ${assigned(value!)} ;;`)).join('\n')}
    *) case "$at" in
${levels.map(({ path, commands, options, argument }) => `      '${path}') case "$cur" in -*) words='${options.map(({ name }) => name).join(' ')}' ;; *) ${assigned([...commands.map(({ name }) => name), ...(Array.isArray(argument) ? argument as readonly string[] : [])], argument)} ;; esac ;;`).join('\n')}
    esac ;;
  esac
  [ -n "$values" ] && words="$words $(serendip __values "$values" 2>/dev/null)"
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  # bash takes a word to begin anew behind these.
  [ -z "\${ZSH_VERSION-}" ] && COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*[@:=]}"}"}")
  return 0
}
complete -o default -F _serendip serendip
`;
}

/** The assignments that say what stands there; files are what the shell falls back to. */
function assigned(words: Place, argument: Place | undefined = words): string {
  const values = argument === undefined || Array.isArray(argument) || argument === 'files' ? '' : ` values=${argument as string}`;
  return `words='${Array.isArray(words) ? words.join(' ') : ''}'${values}`;
}

export const zshScript = (levels: readonly Level[]): string => `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashScript(levels)}`;
