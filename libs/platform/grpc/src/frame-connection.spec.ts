import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxMessageBytes } from './channel-options.js';
import { FrameConnection, greeting } from './frame-connection.js';

/** A socket that keeps what is written and receives what it is told to. */
class FakeSocket extends EventEmitter {
  readonly written: Buffer[] = [];
  destroyed = false;
  corks = 0;
  setNoDelay(): void { /* as always */ }
  cork(): void { this.corks++; }
  uncork(): void { this.corks--; }
  write(bytes: Buffer): void { this.written.push(bytes); }
  destroy(): void { this.destroyed = true; }
}

interface End {
  readonly socket: FakeSocket;
  readonly connection: FrameConnection;
  readonly messages: string[];
  readonly told: string[];
}

function open(): End {
  const socket = new FakeSocket();
  const messages: string[] = [];
  const told: string[] = [];
  const connection = new FrameConnection(socket as unknown as Socket, {
    greeted: () => told.push('greeted'), stranger: () => told.push('stranger'), ended: () => told.push('ended'), message: (bytes) => messages.push(bytes.toString('hex')),
  });
  return { socket, connection, messages, told };
}

/** Cuts bytes at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [0, ...ends].map((begin, i) => bytes.subarray(begin, ends[i] ?? bytes.length)).filter((part) => part.length > 0);
}

describe('a connection of frames', () => {
  it('receives what was sent, however it was cut on the way', () => {
    const message = fc.record({ head: fc.uint8Array({ maxLength: 20 }), body: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(40_000).fill(7))) });
    fc.assert(fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
      const from = open();
      for (const { head, body } of sent) from.connection.send(head, body);
      const to = open();
      for (const chunk of cut(Buffer.concat(from.socket.written), places)) to.socket.emit('data', chunk);
      expect(to.messages).toEqual(sent.map(({ head, body }) => Buffer.concat([head, body]).toString('hex')));
      expect(to.told).toEqual(['greeted']);
    }));
  });

  it('receives a large message that comes in many pieces', () => {
    const { socket, messages } = open();
    const body = Buffer.from(Uint8Array.from({ length: 9_000_001 }, (_, i) => i * 31));
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(body.length);
    const bytes = Buffer.concat([greeting, prefix, body, Buffer.of(0, 0, 0, 1, 7)]);
    for (let at = 0; at < bytes.length; at += 65_536) socket.emit('data', bytes.subarray(at, at + 65_536));
    expect(messages.map((message) => message.length / 2)).toEqual([body.length, 1]);
    expect(messages[0] === body.toString('hex')).toBe(true);
  });

  it('sends what one turn of the event loop has together', async () => {
    const { socket, connection } = open();
    connection.send(Buffer.of(1), Buffer.of(2));
    connection.send(Buffer.of(3), Buffer.of(4));
    expect(socket.corks).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.corks).toBe(0);
  });

  it('leaves whoever begins with something else', () => {
    const { socket, messages, told } = open();
    socket.emit('data', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    expect({ messages, told, destroyed: socket.destroyed }).toEqual({ messages: [], told: ['stranger'], destroyed: true });
  });

  it('leaves whoever announces a message that is too large', () => {
    const { socket } = open();
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(2 * maxMessageBytes);
    socket.emit('data', Buffer.concat([greeting, prefix]));
    expect(socket.destroyed).toBe(true);
  });
});
