import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { endWithReader } from './output.js';

describe('endWithReader', () => {
  it('ends quietly when nobody reads any more, as behind `head`, and with anything else that goes wrong it throws', () => {
    const stream = new PassThrough();
    let ended = 0;
    endWithReader(stream, () => { ended++; });
    stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(ended).toBe(1);
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(() => stream.emit('error', full)).toThrow(full);
    expect(ended).toBe(1);
  });
});
