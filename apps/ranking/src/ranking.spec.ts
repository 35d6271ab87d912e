import { afterEach, describe, expect, it } from '@jest/globals';
import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { createGrpcClient, newTraceId, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import type { LiveRankers } from '@serendip/ranking-adapters';
import { RecentQueries } from '@serendip/ranking-domain';
import { inference, ranking } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import type { ResultVersion } from './result-version.js';

const closers: (() => unknown)[] = [];
afterEach(async () => { for (const close of closers.splice(0)) await close(); });

/** The service with one ranker, which fails. */
async function start(failure: Error) {
  const logged: unknown[] = [];
  const logger = createLogger('ranking', 'warn', { write: (line) => void logged.push(JSON.parse(line)) });
  const ranker = { spec: { name: 'dcn@1' } };
  const module = AppModule.with({
    rankers: { get: (_: string, name: string) => (name === 'dcn@1' ? ranker : undefined), all: [], failed: new Set() } as unknown as LiveRankers,
    recent: new RecentQueries(), feed: { columns: () => { throw failure; } } as unknown as CatalogueFeed, watcher: { current: { tenants: [] } } as never, version: { of: () => '1' } as unknown as ResultVersion, registry: new Registry(), logger,
  });
  const server = await startGrpcService({ module, services: [ranking.RankingService, inference.GRPCInferenceService], host: '127.0.0.1', port: 0, logger, drainMs: 100, notReadyMs: 0 });
  const client = createGrpcClient(ranking.RankingService, { target: `127.0.0.1:${server.port}`, timeoutMs: 5000, exchange: true });
  closers.push(() => client.close(), () => server.close());
  const ask = async (traceId: string, name = 'dcn@1') => (await client.rankCandidates({ requests: [{ tenant: 't', ranker: name }] }, { traceId })).results[0]!.error;
  return { ask, logged };
}

describe('a request that can not be ranked', () => {
  it('is logged with its trace when nobody foresaw why', async () => {
    const { ask, logged } = await start(new TypeError('broken'));
    const traceId = newTraceId();
    expect(await ask(traceId)).toBe('INTERNAL');
    expect(logged).toEqual([expect.objectContaining({ level: 'error', tenant: 't', traceId, err: expect.objectContaining({ message: 'broken' }) })]);
  });

  it('is answered with its code, and that is all, when it is the caller\'s to mend', async () => {
    const { ask, logged } = await start(new DomainError('INVALID_ARGUMENT', 'COLUMNS_UNEVEN', 'Uneven.'));
    expect([await ask(newTraceId()), await ask(newTraceId(), 'dcn@2')]).toEqual(['INVALID_ARGUMENT', 'NOT_FOUND']);
    expect(logged).toEqual([]);
  });
});
