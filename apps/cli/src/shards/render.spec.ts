import { describe, expect, it } from '@jest/globals';
import colors from 'picocolors';
import { shardsText } from './render.js';

const shard = (partition: number, more = {}) => ({ partition, position: 1099511627776 + partition, logEnd: 1099511627776 + partition, lag: 0, oldestUnappliedSeconds: 0, ...more });

describe('the map of partitions', () => {
  it('has a line for each owner, and for those that nobody has, then one for each partition', () => {
    const text = shardsText({
      partitions: [shard(0, { owner: '10.0.0.2:50052', lag: 1200, oldestUnappliedSeconds: 3.21 }), shard(1, { owner: '10.0.0.1:50052' }), shard(2, { owner: '10.0.0.2:50052', lag: 34, oldestUnappliedSeconds: 0.5 }), shard(3)],
    }, colors.createColors(false));
    expect(text.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['owner', 'partitions', 'lag', 'oldest'],
      ['10.0.0.1:50052', '1', '0', '–'],
      ['10.0.0.2:50052', '2', '1,234', '3.2 s'],
      ['nobody', '1', '0', '–'],
      [''],
      ['partition', 'owner', 'position', 'lag', 'oldest'],
      ['0', '10.0.0.2:50052', '1099511627776', '1,200', '3.2 s'],
      ['1', '10.0.0.1:50052', '1099511627777', '0', '–'],
      ['2', '10.0.0.2:50052', '1099511627778', '34', '0.5 s'],
      ['3', 'nobody', '1099511627779', '0', '–'],
    ]);
  });
});
