import { USER_STATE } from '../user-state.js';

/** The record of a user of whom nothing is known but a profile. */
export function stateWithProfile(profile: Uint8Array): Uint8Array {
  const record = new Uint8Array(USER_STATE.headerBytes + profile.length);
  const data = new DataView(record.buffer);
  data.setUint16(USER_STATE.offsets.version, USER_STATE.version, true);
  data.setUint32(USER_STATE.offsets.profile, profile.length, true);
  record.set(profile, USER_STATE.headerBytes);
  return record;
}
