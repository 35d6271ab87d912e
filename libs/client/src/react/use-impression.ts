import { useCallback, useRef, type RefCallback } from 'react';
import type { EventDetails } from '../event.js';
import { observeImpression } from '../impression.js';
import { useSerendip } from './provider.js';

/**
 * A ref for the element that shows an item: tracks one `impression` once at least half of it has been visible for a second. The
 * list that the item came from is known by itself.
 */
export function useImpression<E extends Element = HTMLElement>(itemId: string, details?: EventDetails): RefCallback<E> {
  const client = useSerendip();
  const stop = useRef<() => void>(undefined);
  const latestDetails = useRef(details);
  latestDetails.current = details;
  return useCallback((element: E | null) => {
    stop.current?.();
    stop.current = element === null ? undefined : observeImpression(element, () => client.track('impression', { ...latestDetails.current, itemId }));
  }, [client, itemId]);
}
