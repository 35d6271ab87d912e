import { ITEM_FIELDS } from './catalogue-schema.js';
import type { Bindings, ItemView } from './bindings.js';
import type { Evaluate } from './evaluate.js';
import { valueOf } from './values.js';

/** The value of an item's field or attribute. */
export function itemField(variable: 'item' | 'seed', name: string): Evaluate {
  const view: (bindings: Bindings) => ItemView | undefined = variable === 'item' ? ({ item }) => item : ({ seed }) => seed;
  switch (Object.hasOwn(ITEM_FIELDS, name) ? name : '') {
    case 'id': return (bindings) => view(bindings)?.id;
    case 'title': return (bindings) => view(bindings)?.title;
    case 'categories': return (bindings) => view(bindings)?.categories;
    case 'tags': return (bindings) => view(bindings)?.tags;
    case 'price': return (bindings) => view(bindings)?.price;
    case 'publishedAt': return (bindings) => view(bindings)?.publishedAt;
    case 'available': return (bindings) => view(bindings)?.available;
    default: return (bindings) => valueOf(view(bindings)?.attribute(name));
  }
}
