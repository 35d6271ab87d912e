import { TestEnvironment } from 'jest-environment-node';

/** Jest's Node environment with Node's own typed arrays, because native modules (onnxruntime-node) accept no other realm's. */
export default class NativeArraysEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, { Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Uint16Array, Uint32Array, BigInt64Array, BigUint64Array });
  }
}
