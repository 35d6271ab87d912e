const MOST = 10;

/** Names that there are, for the end of a sentence that refuses another: `Known: home, item.`, at most ten, and how many more. */
export function knownNames(names: readonly string[]): string {
  if (names.length === 0) return 'There is none yet.';
  const rest = names.length - MOST;
  return `Known: ${names.slice(0, MOST).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
