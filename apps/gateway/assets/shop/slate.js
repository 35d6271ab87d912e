import { cardOf } from './card.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** How one list became another: how many moved, came and left. */
export function compare(before, after) {
  const moves = after.map((id, i) => (before.includes(id) ? before.indexOf(id) - i : undefined));
  return { moves, moved: moves.filter((move) => move !== undefined && move !== 0).length, entered: moves.filter((move) => move === undefined).length, left: before.filter((id) => !after.includes(id)).length };
}

/** The big list: shows items in order, and when the order changes lets them travel to their new places. */
export class Slate {
  #list;
  #on;
  #cards = new Map();
  ids = [];

  constructor(list, on) {
    this.#list = list;
    this.#on = on;
  }

  /** Shows the items; answers what changed since the last time, or undefined the first time. */
  show(items, { isFresh = false } = {}) {
    const before = isFresh ? [] : this.ids;
    const after = items.map(({ id }) => id);
    const places = new Map([...this.#cards].map(([id, card]) => [id, card.getBoundingClientRect()]));
    const held = document.activeElement?.closest?.('.tile');
    const cards = new Map(items.map((item, position) => [item.id, this.#cardFor(item, position)]));
    this.#list.replaceChildren(...cards.values());
    this.#cards = cards;
    this.ids = after;
    if (before.length === 0) return undefined;
    const change = compare(before, after);
    items.forEach(({ id }, position) => this.#mark(cards.get(id), change.moves[position], places.get(id)));
    if (held !== null && held !== undefined && !cards.has(held.dataset.id)) this.#list.focus({ preventScroll: true });
    return change;
  }

  clear() {
    this.#list.replaceChildren();
    this.#cards.clear();
    this.ids = [];
  }

  /** The card is made anew, since reasons change, but what was open and focused stays so. */
  #cardFor(item, position) {
    const card = cardOf(item, position, this.#on);
    const old = this.#cards.get(item.id);
    if (old?.querySelector('details')?.open) card.querySelector('details').open = true;
    const focused = old?.contains(document.activeElement) ? [...old.querySelectorAll('button, summary')].indexOf(document.activeElement) : -1;
    if (focused >= 0) queueMicrotask(() => card.querySelectorAll('button, summary')[focused]?.focus({ preventScroll: true }));
    return card;
  }

  #mark(card, move, place) {
    const badge = card.querySelector('.move');
    if (move === undefined) {
      card.classList.add('entered');
      badge.textContent = 'new';
      if (!calm.matches) card.animate([{ opacity: 0, transform: 'scale(0.85)' }, { opacity: 1, transform: 'none' }], { duration: 450, easing: 'ease-out' });
      return;
    }
    if (move !== 0) {
      card.classList.add(move > 0 ? 'up' : 'down');
      badge.textContent = move > 0 ? `▲${move}` : `▼${-move}`;
      badge.setAttribute('aria-label', move > 0 ? `up ${move}` : `down ${-move}`);
    }
    const now = card.getBoundingClientRect();
    if (calm.matches || place === undefined || (place.left === now.left && place.top === now.top)) return;
    card.animate([{ transform: `translate(${place.left - now.left}px, ${place.top - now.top}px)` }, { transform: 'none' }], { duration: 600, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' });
  }
}
