import { afterEach, describe, expect, it } from '@jest/globals';
import { KafkaConnection } from './kafka-connection.js';
import { parseLogAddress } from './log-address.js';

const refusal = (apiId: string): Error => Object.assign(new Error(apiId), { apiId, canRetry: false });

describe('a connection to Kafka', () => {
  const connection = new KafkaConnection(parseLogAddress('kafka://127.0.0.1:1/log'));
  afterEach(() => connection.close());

  it('tries again while the brokers are too few for the replicas, and no refusal else', async () => {
    const answers = [refusal('INVALID_REPLICATION_FACTOR'), refusal('INVALID_REPLICATION_FACTOR'), 'made', refusal('TOPIC_AUTHORIZATION_FAILED'), 'never asked'];
    const ask = async (): Promise<string> => {
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    expect(await connection.run(ask)).toBe('made');
    await expect(connection.run(ask)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    expect(answers).toEqual(['never asked']);
  });
});
