import { element, money, sourceNames } from './elements.js';
import { pictureOf } from './picture.js';

/** What can be done with an item: priced things are bought, others are watched. */
export const actionsOf = ({ price }) => (price === undefined
  ? [{ type: 'like', label: 'Like' }, { type: 'watch', label: 'Watch' }]
  : [{ type: 'add_to_cart', label: 'Add to cart' }, { type: 'purchase', label: 'Buy' }]);

/** A card of the big list. `on(type, item, position)` hears what is done with it. */
export function cardOf(item, position, on) {
  const [action] = actionsOf(item);
  const card = element('li', { class: 'tile', 'data-id': item.id });
  card.append(
    element('span', { class: 'rank' }, element('span', { class: 'number', text: String(position + 1) }), element('span', { class: 'move' })),
    element('button', { type: 'button', class: 'open', onclick: () => on('click', item, indexOf(card)) }, pictureOf(item), element('span', { class: 'name', text: item.title })),
    element('p', { class: 'meta' },
      element('span', { class: 'category', text: item.categories.join(' · ') }),
      element('span', { class: 'price', text: item.price === undefined ? '' : money(item.price) })),
    whyOf(item),
    element('p', { class: 'actions' },
      element('button', { type: 'button', onclick: () => on(action.type, item, indexOf(card)), 'aria-label': `${action.label}: ${item.title}`, text: action.label }),
      element('button', { type: 'button', class: 'quiet', onclick: () => on('hide', item, indexOf(card)), 'aria-label': `Hide: ${item.title}`, text: 'Hide' })),
  );
  return card;
}

/** The place of a card in its list now; it may have moved since it was made. */
const indexOf = (card) => [...(card.parentElement?.children ?? [])].indexOf(card);

/** "Why this": source, reasons and the features that count most. Everything in it may be absent. */
export function whyOf({ source, explain = {} }) {
  const { reasons = [], features = [], sources = [] } = explain;
  const [first, ...others] = reasons;
  const strongest = features.filter(({ name }) => name !== undefined).map((feature) => ({ ...feature, weight: feature.contribution ?? feature.value ?? 0 }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 5);
  const most = Math.max(...strongest.map(({ weight }) => Math.abs(weight)), 1e-9);
  return element('details', { class: 'why' },
    element('summary', {}, element('span', { class: `source source-${source}`, text: sourceNames[source] ?? source ?? 'list' }), element('span', { class: 'because', text: first ?? 'Why this?' })),
    ...others.map((reason) => element('p', { class: 'reason', text: reason })),
    sources.length === 0 ? undefined : element('p', { class: 'found', text: `Found by ${sources.map(({ name, score }) => (typeof score === 'number' ? `${name} (${score.toFixed(2)})` : name)).join(', ')}` }),
    strongest.length === 0 ? undefined : element('table', { class: 'features' }, element('caption', { text: 'What counted in the ranking' }), element('tbody', {}, ...strongest.map(({ name, value, weight }) =>
      element('tr', {},
        element('th', { scope: 'row', text: name.replaceAll('_', ' ') }),
        element('td', { class: 'value', text: typeof value === 'number' ? value.toPrecision(3) : String(value ?? '') }),
        element('td', { class: 'bar' }, barOf(weight / most)))))));
}

function barOf(share) {
  const bar = element('span', { class: share < 0 ? 'minus' : 'plus', title: share < 0 ? 'moved it down' : 'moved it up' });
  bar.style.width = `${Math.round(Math.abs(share) * 100)}%`;
  return bar;
}

/** A row of one of the small lists beside. */
export const rowOf = (item, position, on) => element('li', { class: 'mini', 'data-id': item.id },
  element('button', { type: 'button', class: 'open', onclick: () => on('click', item, position) },
    pictureOf(item),
    element('span', { class: 'words' }, element('span', { class: 'name', text: item.title }), element('span', { class: 'category', text: item.categories.at(-1) ?? '' })),
    element('span', { class: 'price', text: item.price === undefined ? '' : money(item.price) })));
