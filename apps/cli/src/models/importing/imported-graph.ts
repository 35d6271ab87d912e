import { DomainError } from '@serendip/shared-errors';

/** A graph that another system has kept, as it lies there. */
export interface ImportedGraph {
  readonly format: 'onnx' | 'tensorflow';
  /** Named as in a bundle. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Where it comes from, in words. */
  readonly origin: string;
  /** What the other system says that it takes and answers; undefined where it says nothing. */
  readonly said: { readonly inputs: readonly SaidTensor[]; readonly outputs: readonly SaidTensor[] } | undefined;
}

export interface SaidTensor {
  readonly name: string;
  readonly dtype: string;
  /** Rows first; undefined for a size that each run chooses. */
  readonly shape: readonly (number | undefined)[];
}

/** INVALID_ARGUMENT/IMPORT_INVALID with what to do. */
export const refused = (sentence: string, cause?: unknown): DomainError => new DomainError('INVALID_ARGUMENT', 'IMPORT_INVALID', sentence, { cause });
