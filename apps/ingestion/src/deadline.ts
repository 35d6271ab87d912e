const answerMs = 50;
/** How long a call without a deadline may take, milliseconds. */
const longestMs = 30_000;

/** When the handler of a call must be done, epoch milliseconds: a little before the caller stops waiting, so that it hears the answer. */
export function answerBy(deadlineMs: number): number {
  const nowMs = Date.now();
  const leftMs = Math.min(deadlineMs - nowMs, longestMs);
  return nowMs + leftMs - Math.min(answerMs, leftMs / 4);
}

/** What the work answers, or a rejection with `late()` at the deadline; the work goes on then. */
export async function before<T>(deadlineMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), Math.max(0, deadlineMs - Date.now()));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
