import type { IdempotentProducer, Message } from './idempotent-producer.js';
import type { KafkaConnection } from './kafka-connection.js';
import { KafkaTopic } from './kafka-topic.js';

const fetchBytes = 1024 * 1024;

/** Texts by key in a compacted topic of one partition: the last one of a key counts. */
export class CursorTable {
  private readonly topic: KafkaTopic;
  private readonly values = new Map<string, string>();
  private next = 0;
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly connection: KafkaConnection, private readonly producer: IdempotentProducer, private readonly name: string) {
    this.topic = new KafkaTopic(connection, name);
  }

  /** Everything that was durable when this was called. */
  async all(): Promise<ReadonlyMap<string, string>> {
    this.reading = this.reading.catch(() => undefined).then(() => this.catchUp());
    await this.reading;
    return this.values;
  }

  /** Resolves once all are durable. */
  async set(entries: readonly (readonly [key: string, value: string])[]): Promise<void> {
    const messages: Message[] = entries.map(([key, value]) => ({ topic: this.name, partition: 0, key: Buffer.from(key), value: Buffer.from(value) }));
    await this.producer.send(messages);
  }

  private async catchUp(): Promise<void> {
    await this.connection.run(async () => {
      const end = (await this.topic.ends([0])).get(0)!;
      while (this.next < end) {
        const { records, next } = await this.topic.fetch(0, this.next, fetchBytes);
        if (next === this.next) throw new Error(`${this.name} ends at ${next}, not at ${end}, for the moment.`);
        for (const { key, value } of records) this.values.set(Buffer.from(key!).toString(), Buffer.from(value).toString());
        this.next = next;
      }
    });
  }
}
