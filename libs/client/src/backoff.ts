const FIRST_MS = 500;
export const LONGEST_MS = 60_000;

/** Milliseconds until the next try: what the server asked for, and on top anything up to a bound that doubles (full jitter), so that clients spread. */
export function retryDelay(failures: number, { retryAfterMs, random }: { readonly retryAfterMs: number; readonly random: number }): number {
  return retryAfterMs + random * Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
}

/** Milliseconds that a `Retry-After` header (seconds or a date) asks for; 0 without one. */
export function retryAfterOf(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const ms = Number.isNaN(Number(header)) ? Date.parse(header) - nowMs : Number(header) * 1000;
  return ms > 0 ? ms : 0;
}
