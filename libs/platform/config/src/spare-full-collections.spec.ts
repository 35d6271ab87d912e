import { execFileSync } from 'node:child_process';
import { describe, expect, it, jest } from '@jest/globals';

const flags: string[] = [];
jest.unstable_mockModule('node:v8', () => ({ setFlagsFromString: (flag: string) => flags.push(flag) }));
const { spareFullCollections } = await import('./spare-full-collections.js');

describe('spareFullCollections', () => {
  it('sets flags that this V8 has: others it would pass over in silence', () => {
    spareFullCollections();
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    expect(flags).toHaveLength(3);
    for (const flag of flags) expect(known).toContain(`  ${flag.replace('--no-', '--').replace(/=.*/, '')} (`);
  });
});
