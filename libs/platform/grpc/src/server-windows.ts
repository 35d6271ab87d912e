import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { windowBytes } from './channel-options.js';

/** Node's diagnostics channel that tells of each stream of each HTTP/2 server of the process; published since Node 24. */
export const serverStreams = 'http2.server.stream.created';

const widened = new WeakSet<ServerHttp2Session>();

/**
 * Subscriber of `serverStreams` that lets a caller send `windowBytes` before they have been read. grpc-js sets the windows of clients only
 * (`grpc-node.flow_control_window`) and leaves servers at HTTP/2's 64 KiB, where every few messages, and the middle of each that is larger, wait for a
 * frame that moves the window on.
 */
export function widenWindow(message: unknown): void {
  const session = (message as { readonly stream: ServerHttp2Stream }).stream.session as ServerHttp2Session | undefined;
  if (session === undefined || widened.has(session)) return;
  widened.add(session);
  session.settings({ initialWindowSize: windowBytes });
  session.setLocalWindowSize(windowBytes);
}
