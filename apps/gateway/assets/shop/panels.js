import { actionsOf, rowOf, whyOf } from './card.js';
import { element, money } from './elements.js';
import { pictureOf } from './picture.js';

const byId = (id) => document.getElementById(id);

/** The product that is open. `on(type, item, position, list)` hears what is done; `list` is the answer it was seen in. */
export class ProductPanel {
  #panel = byId('product');
  #on;
  #opener;
  item;

  constructor(on) {
    this.#on = on;
    document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !this.#panel.hidden) this.close(); });
  }

  open(item) {
    if (this.item === undefined) this.#opener = document.activeElement?.closest?.('[data-id]')?.dataset.id;
    this.item = item;
    const facts = Object.entries(item.attributes).filter(([, value]) => value !== undefined && value !== '');
    const heading = element('h2', { id: 'product-title', tabindex: '-1', text: item.title });
    this.#panel.replaceChildren(
      element('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => this.close(), text: '✕' }),
      pictureOf(item), heading,
      element('p', { class: 'meta' }, element('span', { class: 'category', text: item.categories.join(' · ') }), element('span', { class: 'price', text: item.price === undefined ? '' : money(item.price) })),
      element('p', { class: 'description', text: item.description }),
      element('p', { class: 'chips' }, ...facts.map(([name, value]) => element('span', { class: 'chip', text: `${name}: ${value}` })), ...item.tags.map((tag) => element('span', { class: 'chip', text: tag }))),
      item.source === undefined ? undefined : whyOf(item),
      element('p', { class: 'actions' },
        ...actionsOf(item).map(({ type, label }, i) => element('button', { type: 'button', class: i === 0 ? 'primary' : '', onclick: () => this.#on(type, item), text: label })),
        element('button', { type: 'button', class: 'quiet', onclick: () => this.#on('hide', item), text: 'Hide' })),
      element('h3', { id: 'item-slate-heading', text: 'Goes with this, for you' }),
      element('ol', { id: 'item-slate', class: 'small-slate', 'aria-labelledby': 'item-slate-heading', 'aria-busy': 'true' }),
    );
    this.#panel.hidden = false;
    heading.focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: 'nearest', behavior: 'auto' });
  }

  showBeside(items, on) {
    const list = byId('item-slate');
    if (list === null) return;
    list.removeAttribute('aria-busy');
    list.replaceChildren(...(items.length > 0 ? items.map((item, position) => rowOf(item, position, on)) : [element('li', { class: 'hint', text: 'Nothing beside it yet.' })]));
  }

  close() {
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.item = undefined;
    const opener = this.#opener === undefined ? undefined : document.querySelector(`.tile[data-id="${CSS.escape(this.#opener)}"] .open`);
    (opener ?? byId('slate')).focus({ preventScroll: true });
  }
}

export class CartPanel {
  items = [];

  constructor(onBuy, onRemove) {
    byId('buy-cart').addEventListener('click', onBuy);
    this.onRemove = onRemove;
  }

  add(item) {
    if (!this.items.some(({ id }) => id === item.id)) this.items.push(item);
    this.#draw();
  }

  remove(item) {
    this.items = this.items.filter(({ id }) => id !== item.id);
    this.#draw();
  }

  empty() {
    this.items = [];
    this.#draw();
  }

  showBeside(items, on) {
    byId('cart-slate').replaceChildren(...items.map((item, position) => rowOf(item, position, on)));
  }

  #draw() {
    byId('cart').hidden = this.items.length === 0;
    byId('cart-items').replaceChildren(...this.items.map((item) => element('li', { class: 'row' },
      element('span', { class: 'name', text: item.title }), element('span', { class: 'price', text: money(item.price ?? 0) }),
      element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${item.title} from the cart`, onclick: () => this.onRemove(item), text: '✕' }))));
    byId('cart-total').textContent = `Together ${money(this.items.reduce((sum, { price = 0 }) => sum + price, 0))}`;
  }
}

/** What happened, newest first, and how fast the list answered. */
export class ActivityLog {
  #list = byId('log');

  /** An entry to be completed by the returned function. */
  begin(what) {
    this.#list.querySelector('.hint')?.remove();
    const outcome = element('span', { class: 'outcome', text: '…' });
    const entry = element('li', {}, element('span', { class: 'what', text: what }), outcome);
    this.#list.prepend(entry);
    while (this.#list.children.length > 40) this.#list.lastElementChild.remove();
    return (text, isBad = false) => {
      outcome.textContent = text;
      entry.classList.toggle('bad', isBad);
    };
  }

  clear() {
    this.#list.replaceChildren(element('li', { class: 'hint', text: 'Open something, or hide it: the list answers at once.' }));
  }
}

/** Models, experiment, degradation and time of the last answer, and the funnel that made it. */
export function showFacts({ models = {}, experiments = [], degraded = [], tookMs, funnel = [], recommendationId }, roundTripMs) {
  const facts = [
    ['Retriever', models.retriever ?? '–'],
    ['Ranker', models.ranker ?? '–'],
    ['Experiment', experiments.map(({ experiment, arm }) => `${experiment}: ${arm}`).join(', ') || 'none'],
    ['Degraded', degraded.map(({ stage, reason }) => `${stage} (${reason})`).join(', ') || 'nothing'],
    ['Took', `${tookMs === undefined ? '–' : tookMs.toFixed(1)} ms in the gateway, ${Math.round(roundTripMs)} ms to here`],
    ['Answer', recommendationId ?? '–'],
  ];
  byId('facts').replaceChildren(...facts.map(([name, value]) => element('div', { class: name === 'Degraded' && degraded.length > 0 ? 'warn' : '' }, element('dt', { text: name }), element('dd', { text: value }))));
  byId('funnel').hidden = funnel.length === 0;
  byId('funnel').querySelector('tbody').replaceChildren(...funnel.map((stage) => element('tr', { class: stage.failure === undefined ? '' : 'warn' },
    element('th', { scope: 'row', text: `${stage.stage}${stage.failure === undefined ? '' : ` (${stage.failure})`}` }), element('td', { text: stage.in ?? '' }), element('td', { text: stage.out ?? '' }), element('td', { text: stage.tookMs === undefined ? '' : stage.tookMs.toFixed(1) }))));
}
