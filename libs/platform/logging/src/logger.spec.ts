import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@serendip/shared-errors';
import { createLogger } from './index.js';

function recorded(level: string, write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger('ingestion', level, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('createLogger', () => {
  it('writes one JSON line with the fixed keys', () => {
    const [line] = recorded('info', (logger) => logger.info({ port: 50051 }, 'Listening.'));
    expect(line).toEqual({ time: expect.any(Number), level: 'info', service: 'ingestion', port: 50051, msg: 'Listening.' });
  });

  it('leaves out what is below its level', () => {
    expect(recorded('warn', (logger) => logger.info('quiet'))).toEqual([]);
    expect(recorded('silent', (logger) => logger.fatal('quiet'))).toEqual([]);
  });

  it('writes an error with its code, reason and causes', () => {
    const cause = new Error('disk is gone');
    const [line] = recorded('info', (logger) => logger.error({ err: new DomainError('UNAVAILABLE', 'LOG_UNAVAILABLE', 'No log.', { cause }) }, 'Failed.'));
    expect(line?.['err']).toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_UNAVAILABLE', stack: expect.stringContaining('disk is gone') });
  });

  it('never writes a secret', () => {
    const [line] = recorded('info', (logger) => logger.info({ secret: 'sk_1', created: { secret: 'sk_2' } }, 'Key created.'));
    expect(JSON.stringify(line)).not.toMatch(/sk_/);
  });
});
