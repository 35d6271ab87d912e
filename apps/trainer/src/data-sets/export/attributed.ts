/** The slate that an event came back from, by its attribution token; undefined for none. It only joins: who forges one claims a slate that it must know the id of. */
export function recommendationOf(token: string | undefined): string | undefined {
  const body = token?.split('.')[0];
  if (body === undefined) return undefined;
  try {
    const { recommendationId } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { recommendationId?: unknown };
    return typeof recommendationId === 'string' ? recommendationId : undefined;
  } catch {
    return undefined;
  }
}
