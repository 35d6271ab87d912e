import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig, serviceConfig } from './index.js';

const schema = z.object({ ...serviceConfig, SERENDIP_LOG: z.string() });

describe('loadConfig', () => {
  it('answers what was set, converted, and defaults for the rest', () => {
    const config = loadConfig(schema, { SERENDIP_LOG: 'lmdb:log', SERENDIP_PORT: '50051', HOME: '/root' });
    expect(config).toMatchObject({ SERENDIP_LOG: 'lmdb:log', SERENDIP_PORT: 50051, SERENDIP_ADMIN_PORT: 0, SERENDIP_HOST: '127.0.0.1', SERENDIP_LOG_LEVEL: 'info' });
    expect(config).not.toHaveProperty('HOME');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty variable as one that is not set', () => {
    expect(loadConfig(schema, { SERENDIP_LOG: 'lmdb:log', SERENDIP_HOST: '' }).SERENDIP_HOST).toBe('127.0.0.1');
  });

  it('names every fault at once', () => {
    const load = (): unknown => loadConfig(schema, { SERENDIP_PORT: '70000', SERENDIP_ADMIN_PORT: 'x', SERENDIP_LOG_LEVEL: 'loud' });
    expect(load).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'CONFIG_INVALID' }));
    for (const name of ['SERENDIP_PORT', 'SERENDIP_ADMIN_PORT', 'SERENDIP_LOG_LEVEL', 'SERENDIP_LOG']) expect(load).toThrow(`${name}: `);
  });
});
