import type { ModelVersion, Rule, Split, Tenant } from '../configuration.js';
import { createTenant } from '../tenants.js';

/** A tenant as it is created, with what is given. */
export const aTenant = (more: Partial<Tenant> = {}): Tenant => ({ ...createTenant('shop', new Uint8Array(32).fill(7))(undefined).result, ...more });

/** A ranker's bundle whose digest is a digit over and over. */
export const aBundle = (digit: string, more: Partial<ModelVersion> = {}): Omit<ModelVersion, 'version'> => ({
  name: 'ranker', kind: 'ranker', bundle: `models/ranker/${digit.repeat(64)}`, digest: digit.repeat(64), metrics: { 'ndcg@10': 0.25 }, createdAtMs: 1_000, ...more,
});

/** A split of home with one arm. */
export const aSplit = (more: Partial<Split> = {}): Split => ({
  name: 'rankers', placement: 'home', salt: 'salt', arms: [{ name: 'new', percent: 10, retriever: '', ranker: 'ranker@challenger' }], ...more,
});

/** A rule that filters by price. */
export const aRule = (more: Partial<Rule> = {}): Rule => ({ name: 'cheap', when: '', filter: 'item.price < 20.0', boost: '', ...more });
