import type { DomainError } from '@serendip/shared-errors';

interface Fault {
  readonly path: string;
  readonly detail: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

/** What was asked, as far as an answer may speak of it. */
export interface Asked {
  readonly url: string;
  readonly filter?: string | undefined;
  readonly boost?: string | undefined;
}

/** What a person can do about a refusal, by its reason. */
const ADVICE: Readonly<Record<string, string>> = {
  KEY_INVALID: 'The demo\'s keys are in .serendip/demo/keys.json; a key is given with --key or SERENDIP_KEY.',
  SECRET_KEY_REQUIRED: 'This shows other people\'s data: use a secret key (sk_…), not a publishable one.',
  DATASET_UNKNOWN: '`serendip dataset list` shows which there are.',
  DEAD_LETTER_UNKNOWN: '`serendip dead-letters list` shows which there are.',
  DEAD_LETTERS_FAILED: 'Look at the disk of ingestion, or at the Redis that has its dead letters; events are taken all the same.',
  CHECKS_NOT_PASSED: '`serendip model show <model@version>` shows what its checks found.',
  MODEL_UNKNOWN: '`serendip model list` shows which there are.',
  ALIAS_UNKNOWN: '`serendip model list` shows which there are.',
  MODEL_REFERENCE_INVALID: '`serendip model list` shows versions, their checks and aliases.',
  FEATURE_UNKNOWN: '`serendip features list` shows which there are.',
  SHADOW_UNKNOWN: '`serendip shadow <placement> --ranker <model@version>` begins one.',
  SPLIT_UNKNOWN: '`serendip split <placement> --arm new=<model@version>:10` begins one.',
  RATE_LIMITED: 'Ask again in a moment.',
};

/** What went wrong, where, and what to do. */
export function adviceFor({ reason, message, metadata }: DomainError, asked: Asked): string {
  if (reason === 'GATEWAY_UNREACHABLE') {
    return `No gateway answers at ${asked.url} (${metadata.cause ?? message}).\n  Start one with \`npm start\`, or name another with --url or SERENDIP_GATEWAY.`;
  }
  const { detail = message, errors = [] } = problemOf(metadata.problem);
  const faults = errors.flatMap((fault) => faultLines(fault, asked));
  const what = faults.length > 0 ? faults : [`  ${detail}`];
  const advice = ADVICE[reason];
  return [`${reason}`, ...what, ...(advice === undefined ? [] : [`  ${advice}`])].join('\n');
}

function problemOf(text: string | undefined): { readonly detail?: string; readonly errors?: readonly Fault[] } {
  return text === undefined ? {} : JSON.parse(text) as { detail?: string; errors?: Fault[] };
}

/** A fault with the place in the expression that it is about. */
function faultLines({ path, detail, line = 1, column, hint }: Fault, asked: Asked): string[] {
  const expression = path === 'filter' ? asked.filter : path === 'boost' ? asked.boost : undefined;
  const shown = expression?.split('\n')[line - 1];
  return [
    `  ${path === '' ? '' : `${path}: `}${detail}`,
    ...(shown === undefined || column === undefined ? [] : [`      ${shown}`, `      ${' '.repeat(Math.max(0, column - 1))}^`]),
    ...(hint === undefined || detail.includes(hint) ? [] : [`  ${hint}`]),
  ];
}
