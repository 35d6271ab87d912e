import { DomainError } from '@serendip/shared-errors';

/** What is wrong with an expression, and where. */
export interface Fault {
  /** Offset into the source, from 0. */
  readonly position: number;
  /** What is wrong, as a sentence without its end. */
  readonly problem: string;
  /** What to do. */
  readonly hint: string;
}

/** A fault found while an expression is read. */
export class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.problem);
  }
}

export function fault(position: number, problem: string, hint: string): never {
  throw new FaultError({ position, problem, hint });
}

/** INVALID_ARGUMENT EXPRESSION_INVALID with `position`, `line`, `column` (both from 1) and `hint` as metadata. */
export function expressionInvalid(source: string, { position, problem, hint }: Fault): DomainError {
  const before = source.slice(0, position).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  return new DomainError('INVALID_ARGUMENT', 'EXPRESSION_INVALID', `${problem} (line ${line}, column ${column}): ${hint}${hint.endsWith('?') ? '' : '.'}`, {
    metadata: { position: String(position), line: String(line), column: String(column), hint },
  });
}
