import { describe, expect, it } from '@jest/globals';
import { deadLettersUrl, ingestionConfig } from './ingestion.config.js';

const urlOf = (environment: Readonly<Record<string, string>>): string => deadLettersUrl(ingestionConfig.parse(environment));

describe('deadLettersUrl', () => {
  it('is beside the log, in a folder of the data where the log has no place for them, or where it is said', () => {
    expect(urlOf({ SERENDIP_LOG: 'lmdb:/d/log' })).toBe('lmdb:/d/log/dead-letters');
    expect(urlOf({ SERENDIP_LOG: 'redis-cluster://log:6379?replicas=1' })).toBe('redis-cluster://log:6379?replicas=1');
    expect(urlOf({ SERENDIP_LOG: 'kafka://log/events', SERENDIP_DATA_DIR: '/d' })).toBe('lmdb:/d/dead-letters');
    expect(urlOf({ SERENDIP_LOG: 'kafka://log/events', SERENDIP_DEAD_LETTERS: 'redis://letters' })).toBe('redis://letters');
  });
});
