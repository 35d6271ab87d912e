import type { WholeVersionAnswer } from './answers.js';

/** What can be done with a version that may be tried. */
export function nextOf({ name, version, kind, checkResults }: WholeVersionAnswer): string {
  if (kind === 'item-encoder') return `\`serendip model promote ${name}@${version}\`: what \`champion\` points at encodes items that its retriever does not know.`;
  const trial = kind === 'ranker' ? `\`serendip split home --arm new=${name}@${version}:10\`` : `\`serendip model promote ${name}@${version} --alias challenger\``;
  const isWorse = checkResults.some((check) => check.name === 'evaluation' && check.outcome === 'failed');
  return isWorse ? `${trial} tries it; champion it becomes only with --force and a --reason.` : `${trial}, or \`serendip model promote ${name}@${version}\`.`;
}
