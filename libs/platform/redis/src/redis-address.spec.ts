import { describe, expect, it } from '@jest/globals';
import { redisAddressOf } from './redis-address.js';

describe('redisAddressOf', () => {
  it('reads one Redis', () => {
    expect(redisAddressOf('redis://cache')).toEqual({
      name: 'redis://cache:6379/0', isCluster: false, nodes: [{ host: 'cache', port: 6379 }], database: 0, replicas: 0, access: {},
    });
    expect(redisAddressOf('rediss://me:p%40ss@[::1]:7000/3?replicas=2')).toEqual({
      name: 'rediss://[::1]:7000/3', isCluster: false, nodes: [{ host: '::1', port: 7000 }], database: 3, replicas: 2, access: { username: 'me', password: 'p@ss', tls: {} },
    });
    expect(redisAddressOf('redis://:secret@h')).toMatchObject({ access: { password: 'secret' } });
  });

  it('reads nodes of a cluster', () => {
    expect(redisAddressOf('redis-cluster://a:7000,b?replicas=1')).toEqual({
      name: 'redis-cluster://a:7000,b:6379', isCluster: true, nodes: [{ host: 'a', port: 7000 }, { host: 'b', port: 6379 }], database: 0, replicas: 1, access: {},
    });
    expect(redisAddressOf('rediss-cluster://a')).toMatchObject({ isCluster: true, access: { tls: {} } });
  });

  it.each([
    '', 'redis://', 'redis://a,b', 'redis-cluster://a/1', 'redis-cluster://a,', 'redis://a:port', 'redis://a/x', 'redis://a?replicas=', 'redis://a?replica=1', 'http://a', 'lmdb:a', 'redis://:100%@a', 'redis://me%:b@a', 'redis-cluster://me:%ff@a',
  ])('turns down %p', (url) => {
    expect(redisAddressOf(url)).toBeUndefined();
  });
});
