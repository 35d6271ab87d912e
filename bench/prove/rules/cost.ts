/** What an expression costs for each candidate, over columns. */
import { ColumnsItemView, compileExpression } from '@serendip/platform-expressions';
import { ItemColumns } from '@serendip/shared-catalogue';

const ITEMS = 100_000;
const RUNS = 9;

/** What people write. */
const EXPRESSIONS = [
  { kind: 'filter', source: `item.price < 20.0 && 'Comedy' in item.categories` },
  { kind: 'filter', source: `has(item.margin) && item.margin > 0.1 && !('adult' in item.tags)` },
  { kind: 'filter', source: `item.brand in ['Acme', 'Bolt', 'Coda'] || item.tags.exists(t, t == 'sale')` },
  { kind: 'filter', source: `user.tier == 'gold' || item.price <= user.budget` },
  { kind: 'boost', source: 'item.margin > 0.3 ? 1.2 : 1.0' },
  { kind: 'boost', source: `(context.device == 'phone' ? 1.1 : 1.0) * (1.0 + item.margin)` },
] as const;

export interface Cost { readonly source: string; readonly microseconds: number }

function columns(): ItemColumns {
  const made = new ItemColumns();
  const genres = ['Action', 'Comedy', 'Drama', 'Thriller', 'Romance', 'Sci-Fi'];
  made.apply(Array.from({ length: ITEMS }, (_, i) => ({
    ordinal: i, version: 1, deleted: false, id: `item-${i}`, title: `Item ${i}`, categories: [genres[i % 6]!, genres[(i * 7 + 1) % 6]!], tags: i % 5 === 0 ? ['sale'] : ['plain', 'eco'],
    price: (i % 400) / 4, available: true, publishedAtMs: -Infinity, expiresAtMs: Infinity,
    attributes: { ...(i % 3 === 0 ? {} : { margin: (i % 100) / 100 }), brand: ['Acme', 'Dune', 'Echo', 'Bolt'][i % 4]! },
  })));
  return made;
}

/** The median over several runs of microseconds a candidate, for each expression. */
export function expressionCosts(): readonly Cost[] {
  const view = new ColumnsItemView(columns());
  const bindings = { item: view, user: { tier: 'blue', budget: 30 }, context: { device: 'phone' }, nowMs: Date.now() };
  return EXPRESSIONS.map(({ kind, source }) => {
    const expression = compileExpression(source, { kind });
    const times: number[] = [];
    let sum = 0;
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      for (let row = 0; row < ITEMS; row++) {
        view.row = row;
        sum += Number(expression.evaluate(bindings));
      }
      times.push(((performance.now() - started) * 1000) / ITEMS);
    }
    if (Number.isNaN(sum)) throw new Error(`${source} is no number.`);
    return { source, microseconds: times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! };
  });
}
