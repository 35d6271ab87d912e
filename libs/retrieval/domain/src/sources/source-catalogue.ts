import { DomainError } from '@serendip/shared-errors';
import type { ItemStatistic } from '@serendip/shared-layouts';
import type { SourceRequest } from '../request/retrieval-request.js';
import { Given } from './given.js';
import { MostEngaging } from './most-engaging.js';
import { Newest } from './newest.js';
import { Next } from './next.js';
import { Personal } from './personal.js';
import type { RetrievalSource } from './retrieval-source.js';
import { Similar } from './similar.js';

const WINDOWS: Readonly<Record<string, ItemStatistic>> = {
  '': 'engagement_7d', '1d': 'engagement_1d', '7d': 'engagement_7d', '30d': 'engagement_30d', all: 'engagement_total',
};

const SOURCES: Readonly<Record<string, (request: SourceRequest) => RetrievalSource>> = {
  personal: ({ limit }) => new Personal(limit),
  next: ({ limit }) => new Next(limit),
  similar: ({ limit }) => new Similar(limit),
  trending: ({ limit }) => new MostEngaging('trending', { statistic: 'engagement_1d', limit }),
  popular: ({ limit, window }) => new MostEngaging('popular', { statistic: knownWindow(window), limit }),
  new: ({ limit }) => new Newest(limit),
  given: ({ limit }) => new Given(limit),
};

/** The source that a request names. Throws INVALID_ARGUMENT when there is no such source or window. */
export function sourceOf(request: SourceRequest): RetrievalSource {
  const make = Object.hasOwn(SOURCES, request.name) ? SOURCES[request.name] : undefined;
  if (make === undefined) throw new DomainError('INVALID_ARGUMENT', 'SOURCE_UNKNOWN', `There is no source ${request.name}.`);
  return make(request);
}

/** The statistic that decides what is popular in a window: 1d, 7d, 30d, all; empty means 7d. Undefined for any other. */
export function windowStatistic(window: string): ItemStatistic | undefined {
  return Object.hasOwn(WINDOWS, window) ? WINDOWS[window] : undefined;
}

function knownWindow(window: string): ItemStatistic {
  const statistic = windowStatistic(window);
  if (statistic === undefined) throw new DomainError('INVALID_ARGUMENT', 'WINDOW_UNKNOWN', `There is no window ${window}: use 1d, 7d, 30d or all.`);
  return statistic;
}
