import text from '../generated/vector-scan.js';

/** The functions of kernels/vector-scan.wat, which says what they do. */
export interface VectorKernel {
  scan(
    codes: number, scales: number, biases: number, query: number, width: number, from: number, to: number,
    offset: number, scale: number, threshold: number, outRows: number, outScores: number, room: number, outNext: number, scratch: number,
  ): number;
  score(vectors: number, biases: number, query: number, width: number, rows: number, count: number, out: number): void;
}

/** Memory that threads may share: it can be posted from one to another, and is not copied then. */
export interface KernelMemory {
  readonly buffer: SharedArrayBuffer;
}

/** What is used of WebAssembly's JavaScript API, which TypeScript declares for browsers only. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number; readonly shared: true }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const PAGE_BYTES = 65_536;

const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
let compiled: object | undefined;

/** Memory of at least so many bytes, all zero. Throws RangeError when there is no such memory (4 GiB is the most). */
export function kernelMemory(bytes: number): KernelMemory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  return new Memory({ initial: pages, maximum: pages, shared: true });
}

/** The kernel on a memory. */
export function vectorKernel(memory: KernelMemory): VectorKernel {
  compiled ??= new Module(Buffer.from(text, 'base64'));
  return new Instance(compiled, { vectors: { memory } }).exports as VectorKernel;
}
