import { describe, expect, it } from '@jest/globals';
import { placesOf } from './target-places.js';

describe('placesOf', () => {
  it.each([
    ['localhost:50051', [{ host: 'localhost', port: 50051 }]],
    ['dns:///feature-store:50052', [{ host: 'feature-store', port: 50052 }]],
    ['dns://8.8.8.8/feature-store:50052', [{ host: 'feature-store', port: 50052 }]],
    ['dns:feature-store:50052', [{ host: 'feature-store', port: 50052 }]],
    ['ipv4:10.0.0.1:50052,10.0.0.2:50053', [{ host: '10.0.0.1', port: 50052 }, { host: '10.0.0.2', port: 50053 }]],
    ['ipv6:[::1]:50052', [{ host: '::1', port: 50052 }]],
    ['[::1]:50052', [{ host: '::1', port: 50052 }]],
  ])('reads %s', (target, places) => {
    expect(placesOf(target)).toEqual(places);
  });

  it.each(['unix:/run/serendip', 'feature-store', 'xds:///feature-store', '', 'ipv4:10.0.0.1:50052,10.0.0.2', 'feature-store:65536', 'ipv4:127.0.0.1:1,127.0.0.1:99999'])('knows no places of %s', (target) => {
    expect(placesOf(target)).toEqual([]);
  });
});
