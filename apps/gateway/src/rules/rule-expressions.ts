import { Injectable } from '@nestjs/common';
import { condition, itemExpression } from '@serendip/serving-adapters';
import type { PlannedRule } from '@serendip/serving-domain';
import { isDomainError } from '@serendip/shared-errors';
import { FaultyInput, type ProblemDetail } from '../http/problem.js';
import { CatalogueSchemas } from './catalogue-schemas.service.js';
import type { RuleInput } from './rule-schema.js';

/** Where an expression stands in a request, and what is done to read it. */
interface Reading {
  readonly path: string;
  readonly read: () => unknown;
}

/** Checks expressions against the tenant's catalogue: the one place that every expression comes through before it is used or saved. */
@Injectable()
export class RuleExpressions {
  constructor(private readonly schemas: CatalogueSchemas) {}

  /** Throws INVALID_ARGUMENT/EXPRESSION_INVALID that names every expression at fault, its path beginning with `path`. */
  check(tenant: string, rules: readonly RuleInput[], path: string): void {
    const schema = this.schemas.of(tenant);
    readAll(rules.flatMap(({ when, filter, boost, pin }, i) => [
      ...(when === undefined ? [] : [{ path: `${path}.${i}.when`, read: () => condition(when, schema) }]),
      ...(filter === undefined ? [] : [{ path: `${path}.${i}.filter`, read: () => itemExpression(filter, 'filter', schema) }]),
      ...(boost === undefined ? [] : [{ path: `${path}.${i}.boost`, read: () => itemExpression(boost, 'boost', schema) }]),
      ...(pin === undefined ? [] : [{ path: `${path}.${i}.pin.expression`, read: () => itemExpression(pin.expression, 'filter', schema) }]),
    ]));
  }

  /** The rules that a request brings along. Throws as `check` does. */
  ofRequest(tenant: string, { filter, boost }: { readonly filter?: string | undefined; readonly boost?: string | undefined }): readonly PlannedRule[] {
    if (filter === undefined && boost === undefined) return [];
    const schema = this.schemas.of(tenant);
    const rules: PlannedRule[] = [];
    readAll([
      ...(filter === undefined ? [] : [{ path: 'filter', read: () => rules.push({ level: 'request', name: 'filter', filter: itemExpression(filter, 'filter', schema) }) }]),
      ...(boost === undefined ? [] : [{ path: 'boost', read: () => rules.push({ level: 'request', name: 'boost', boost: itemExpression(boost, 'boost', schema) }) }]),
    ]);
    return rules;
  }
}

function readAll(readings: readonly Reading[]): void {
  const faults = readings.flatMap(({ path, read }) => faultOf(path, read));
  const [first] = faults;
  if (first !== undefined) throw new FaultyInput('EXPRESSION_INVALID', `${first.path}: ${first.detail}`, faults);
}

function faultOf(path: string, read: () => unknown): readonly ProblemDetail[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { position, line, column, hint } = error.metadata;
    return [{ path, detail: error.message, position: Number(position), line: Number(line), column: Number(column), ...(hint === undefined ? {} : { hint }) }];
  }
}
