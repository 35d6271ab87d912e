/** A page where things happen: the show calls `happen`, or clicks on the link that leads away. */
import { createClient } from '@serendip/client';

const { fault, ...options } = JSON.parse(decodeURIComponent(location.search.slice(1)));

// Planted faults: a queue that dies with the page, or repeats that cannot be told from new events.
if (fault === 'forget') Object.defineProperty(globalThis, 'localStorage', { value: undefined });
if (fault === 'new-ids') {
  const renamed = (body) => body.replaceAll(/("eventId":")[^"]+/g, (_, start) => start + crypto.randomUUID());
  const send = globalThis.fetch;
  globalThis.fetch = (url, init) => send(url, { ...init, body: renamed(init.body) });
}

const client = createClient({ consent: true, flushIntervalMs: 100, onRejected: (event, rejection) => globalThis.refused.push([event.value, rejection.reason]), ...options });

globalThis.refused = [];
globalThis.happen = (events) => { for (const event of events) client.track('watch', event); };
globalThis.visitor = () => client.anonymousId;
globalThis.waiting = () => Object.keys(globalThis.localStorage ?? {}).filter((name) => name.includes('.e.')).length;

document.getElementById('away').addEventListener('click', () => globalThis.happen(globalThis.onAway));
globalThis.ready = true;
