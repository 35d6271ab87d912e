import text from '../generated/vector-scan.js';

/** The functions of kernels/vector-scan.wat, which says what they do. */
export interface VectorKernel {
  scan(
    codes: number, scales: number, biases: number, query: number, width: number, from: number, to: number,
    offset: number, scale: number, threshold: number, outRows: number, outScores: number,
  ): number;
  score(vectors: number, biases: number, query: number, width: number, rows: number, count: number, out: number): void;
}

/** What is used of WebAssembly's JavaScript API, which TypeScript declares for browsers only. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const PAGE_BYTES = 65_536;

const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
let compiled: object | undefined;

/** The kernel on a memory of its own, of at least so many bytes, all zero. Throws RangeError when there is no such memory (4 GiB is the most). */
export function vectorKernel(bytes: number): { readonly kernel: VectorKernel; readonly buffer: ArrayBuffer } {
  const memory = new Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  compiled ??= new Module(Buffer.from(text, 'base64'));
  const { exports } = new Instance(compiled, { vectors: { memory } });
  return { kernel: exports as VectorKernel, buffer: memory.buffer };
}
