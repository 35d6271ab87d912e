import { describe, expect, it } from '@jest/globals';
import { deadLettersPath, ingestionConfig } from './ingestion.config.js';

const pathOf = (environment: Readonly<Record<string, string>>): string => deadLettersPath(ingestionConfig.parse(environment));

describe('deadLettersPath', () => {
  it('is in the log\'s folder, in that of the data where the log is none, or where it is said', () => {
    expect(pathOf({ SERENDIP_LOG: 'lmdb:/d/log' })).toBe('/d/log/dead-letters');
    expect(pathOf({ SERENDIP_LOG: 'redis://log:6379', SERENDIP_DATA_DIR: '/d' })).toBe('/d/dead-letters');
    expect(pathOf({ SERENDIP_LOG: 'lmdb:/d/log', SERENDIP_DEAD_LETTERS: 'lmdb:/e' })).toBe('/e');
    expect(ingestionConfig.safeParse({ SERENDIP_DEAD_LETTERS: '/e' }).success).toBe(false);
  });
});
