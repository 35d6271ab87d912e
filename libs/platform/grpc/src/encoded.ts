/** A response that its handler has written itself. */
export class Encoded {
  /** @param bytes of the rpc's response message; they must not change any more. */
  constructor(readonly bytes: Buffer) {}
}
