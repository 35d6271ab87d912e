import { createHash } from 'node:crypto';
import type { KeyKind } from './configuration.js';

const PREFIXES: Readonly<Record<KeyKind, string>> = { publishable: 'pk_', secret: 'sk_' };

/** A key as its owner has it: its kind's prefix and 32 random bytes as base64url. */
export const keyText = (kind: KeyKind, random: Uint8Array): string => `${PREFIXES[kind]}${Buffer.from(random).toString('base64url')}`;

/** What is kept of a key. */
export const keyHash = (text: string): Uint8Array => createHash('sha256').update(text).digest();
