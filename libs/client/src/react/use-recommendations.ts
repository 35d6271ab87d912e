import { useCallback, useEffect, useRef, useState } from 'react';
import type { RecommendOptions, RecommendationRequest, RecommendedItem, Recommendations } from '../recommendation.js';
import type { SerendipError } from '../serendip-error.js';
import { useSerendip } from './provider.js';

export interface UsedRecommendations<Fields> {
  /** Empty until the first answer; those of the answer before while another is under way. */
  readonly items: readonly RecommendedItem<Fields>[];
  readonly list: Recommendations<Fields> | undefined;
  readonly isLoading: boolean;
  /** Never set with a fallback. */
  readonly error: SerendipError | undefined;
  reload(): void;
}

/** The list for a placement; asked again when the request, the user or the consent change. `undefined` asks for nothing. */
export function useRecommendations<Fields = Readonly<Record<string, unknown>>>(
  request: RecommendationRequest | undefined, options?: RecommendOptions<Fields>,
): UsedRecommendations<Fields> {
  const client = useSerendip();
  const [answer, setAnswer] = useState<{ readonly list?: Recommendations<Fields>; readonly error?: SerendipError; readonly round?: string }>({});
  const [reloads, setReloads] = useState(0);
  const latestOptions = useRef(options);
  latestOptions.current = options;
  const key = request && JSON.stringify(request);
  const round = `${reloads} ${key}`;
  const reload = useCallback(() => setReloads((n) => n + 1), []);

  useEffect(() => client.subscribe(reload), [client, reload]);
  useEffect(() => {
    if (key === undefined) return undefined;
    let isCurrent = true;
    client.recommend<Fields>(JSON.parse(key) as RecommendationRequest, latestOptions.current).then(
      (list) => { if (isCurrent) setAnswer({ list, round }); },
      (error: unknown) => { if (isCurrent) setAnswer(({ list }) => ({ ...(list && { list }), error: error as SerendipError, round })); },
    );
    return () => { isCurrent = false; };
  }, [client, key, round]);

  return { items: answer.list?.items ?? [], list: answer.list, isLoading: key !== undefined && answer.round !== round, error: answer.error, reload };
}
