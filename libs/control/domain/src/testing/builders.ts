import type { ModelCheck, ModelVersion, Rule, Split, Tenant } from '../configuration.js';
import { createTenant } from '../tenants.js';

/** A tenant as it is created, with what is given. */
export const aTenant = (more: Partial<Tenant> = {}): Tenant => ({ ...createTenant('shop', new Uint8Array(32).fill(7))(undefined).result, ...more });

/** A ranker's bundle whose digest is a digit over and over. */
export const aBundle = (digit: string, more: Partial<Omit<ModelVersion, 'version' | 'checks'>> = {}): Omit<ModelVersion, 'version' | 'checks'> => ({
  name: 'ranker', kind: 'ranker', bundle: `models/ranker/${digit.repeat(64)}`, digest: digit.repeat(64), metrics: { 'ndcg@10': 0.25 }, createdAtMs: 1_000, ...more,
});

/** What checks found that passed, or of which one failed. */
export const someChecks = (outcome: ModelCheck['outcome'] = 'passed'): readonly ModelCheck[] => [
  { name: 'manifest', outcome: 'passed', detail: 'A ranker.', figures: { files: 3 } }, { name: 'golden', outcome, detail: 'Line 1.', figures: {} },
];

/** The tenant with the checks of every model passed. */
export const allChecked = (tenant: Tenant): Tenant => ({ ...tenant, models: tenant.models.map((model) => ({ ...model, checks: someChecks() })) });

/** A split of home with one arm. */
export const aSplit = (more: Partial<Split> = {}): Split => ({
  name: 'rankers', placement: 'home', salt: 'salt', arms: [{ name: 'new', percent: 10, retriever: '', ranker: 'ranker@challenger' }], ...more,
});

/** A rule that filters by price. */
export const aRule = (more: Partial<Rule> = {}): Rule => ({ name: 'cheap', when: '', filter: 'item.price < 20.0', boost: '', ...more });
