import { describe, expect, it } from '@jest/globals';
import { putRules } from './index.js';
import { aRule, aTenant } from './testing/index.js';

describe('putRules', () => {
  it('replaces the rules and caps of a tenant and nothing else', () => {
    const before = aTenant({ rules: [aRule({ name: 'old' })], caps: [{ group: 'brand', limit: 2, window: 4 }] });
    const rules = [aRule()];
    const { tenant, audit, result } = putRules({ rules, caps: [] })(before);
    expect(tenant).toEqual({ ...before, rules, caps: [] });
    expect(audit).toEqual({ action: 'rules.put', subject: 'tenant', detail: { rules, caps: [] } });
    expect(result).toEqual({ rules, caps: [] });
  });

  it('refuses rules that are none, and a tenant that is not there', () => {
    expect(() => putRules({ rules: [aRule({ filter: '' })], caps: [] })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'RULES_INVALID' }));
    expect(() => putRules({ rules: [aRule({ name: 'No name' })], caps: [] })).toThrow(expect.objectContaining({ reason: 'NAME_INVALID' }));
    expect(() => putRules({ rules: [], caps: [] })(undefined)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN' }));
  });
});
