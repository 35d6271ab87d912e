import { setTimeout as wait } from 'node:timers/promises';
import { Producer, type MessageToProduce } from '@platformatic/kafka';
import { closedLog } from '../log-rules.js';
import { clientOptions, logFailure } from './kafka-connection.js';
import type { LogAddress } from './log-address.js';

const giveUpMs = 10_000;

export type Message = MessageToProduce<Buffer | undefined, Buffer, Buffer, Buffer>;

/**
 * Sends messages so that every replica in sync has them when it resolves, and each is kept once however often it had to be sent.
 * After a failure nothing is known of what was sent, so the next goes out under another producer id.
 */
export class IdempotentProducer {
  private producer: Producer<Buffer | undefined, Buffer, Buffer, Buffer> | undefined;
  private closed = false;

  constructor(private readonly address: LogAddress) {}

  /** The offset of the first message of each partition. UNAVAILABLE/LOG_FAILED when brokers refuse it or do not answer in 10 s. */
  async send(messages: Message[]): Promise<ReadonlyMap<number, number>> {
    if (this.closed) throw closedLog();
    const producer = this.producer ??= new Producer({ ...clientOptions(this.address), idempotent: true, retries: true, retryDelay: 50 });
    const late = new AbortController();
    try {
      const { offsets = [] } = await Promise.race([
        producer.send({ messages }),
        wait(giveUpMs, undefined, { signal: late.signal }).then(() => { throw new Error(`no answer in ${giveUpMs} ms`); }),
      ]);
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
    } catch (error) {
      if (this.producer === producer) this.producer = undefined;
      void producer.close().catch(() => undefined);
      throw this.closed ? closedLog() : logFailure(this.address, error);
    } finally {
      late.abort();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.producer?.close();
  }
}
