import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const SIGNATURE_BYTES = 16;
/** Keys as the crypto library wants them: making one costs more than signing does. */
const prepared = new WeakMap<Uint8Array, KeyObject>();

/** HMAC-SHA256 of the parts one after the other, cut to 128 bits. */
export function signatureOf(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  let secret = prepared.get(key);
  if (secret === undefined) prepared.set(key, (secret = createSecretKey(key)));
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, SIGNATURE_BYTES);
}
