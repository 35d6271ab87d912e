/** Builds an element: `element('p', { class: 'x', text: 'y', onclick: f }, ...children)`. Text never becomes markup. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key === 'text') node.textContent = value;
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

const currency = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export const money = (price) => currency.format(price);

/** An item of an answer with its fields lifted out and defaults for what is absent. */
export function itemOf({ id, source, rank, score, fields = {}, explain }) {
  const { title = id, description = '', categories = [], tags = [], price, ...attributes } = fields;
  return { id, source, rank, score, explain, title, description, categories, tags, price: typeof price === 'number' ? price : undefined, attributes, colour: attributes.colour };
}

/** "personal" → "for you": how a source is called on the page. */
export const sourceNames = {
  personal: 'for you', next: 'often next', similar: 'similar', trending: 'trending', popular: 'popular', new: 'new', fallback: 'fallback', given: 'asked for', exploration: 'something new',
};
