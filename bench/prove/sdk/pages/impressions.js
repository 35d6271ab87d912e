/** A page of tall cards far apart, each with `useImpression`; the show calls `see` to bring a share of one into view for a time. */
import { createClient } from '@serendip/client';
import { SerendipProvider, useImpression, useRecommendations } from '@serendip/client/react';
import { createElement as h, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const { items, fault, ...options } = JSON.parse(decodeURIComponent(location.search.slice(1)));

// A planted fault: whatever can be seen at all counts as seen whole.
if (fault === 'any-share') {
  const Observer = globalThis.IntersectionObserver;
  globalThis.IntersectionObserver = class extends Observer {
    constructor(hear) {
      super((entries) => hear(entries.map(({ isIntersecting, time }) => ({ isIntersecting, time, intersectionRatio: Number(isIntersecting) }))));
    }
  };
}

const client = createClient({ consent: true, flushIntervalMs: 200, ...options });
const fallback = items.map((id) => ({ id }));

const DISTANCE = 1600;
const HEIGHT = 400;
const topOf = (card) => (card + 1) * DISTANCE;

function Card({ id, card }) {
  const ref = useImpression(id);
  return h('div', { ref, style: { position: 'absolute', top: topOf(card), height: HEIGHT, width: 300, background: '#ddd' } }, id);
}

function Page() {
  // The list is asked for under the same faults; which items there are to see does not depend on it.
  const { isLoading } = useRecommendations({ placement: 'home', limit: 5, fields: ['title'] }, { fallback, timeoutMs: 3000 });
  globalThis.listed = !isLoading;
  return h('div', { style: { height: topOf(items.length + 1) } }, items.map((id, card) => h(Card, { key: id, id, card })));
}

createRoot(document.getElementById('root')).render(h(StrictMode, null, h(SerendipProvider, { client }, h(Page))));

const frame = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
let hidden = false;
Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });

/** Shows each share for its milliseconds, one after the other; answers when each was really there. `-1` is the whole card in a hidden tab. */
globalThis.see = async (card, steps) => {
  const seen = [];
  for (const [share, ms] of steps) {
    hidden = share === -1;
    document.dispatchEvent(new Event('visibilitychange'));
    scrollTo(0, share === 0 ? topOf(card) - DISTANCE / 2 : topOf(card) + HEIGHT * (1 - Math.abs(share)));
    const fromMs = performance.now();
    await frame();
    await sleep(ms);
    seen.push({ share, fromMs });
  }
  hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  scrollTo(0, 0);
  seen.push({ share: 0, fromMs: performance.now() });
  await frame();
  return seen;
};
globalThis.waiting = () => Object.keys(localStorage).filter((name) => name.includes('.e.')).length;
globalThis.ready = true;
