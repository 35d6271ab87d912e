import { DomainError } from '@serendip/shared-errors';
import { RetrieverModel, type RetrieverParts } from '../retrievers/retriever-model.js';
import { referenceName, type ModelReference } from '../retrievers/model-reference.js';
import { RetrieverLoader } from '../retrievers/retriever-set.js';

/** Loads what a test has put there, by name@version. */
export class FakeRetrieverLoader extends RetrieverLoader {
  readonly parts = new Map<string, RetrieverParts>();
  /** What was asked for, in order. */
  readonly asked: string[] = [];

  async load(reference: ModelReference): Promise<RetrieverModel> {
    const name = referenceName(reference);
    this.asked.push(name);
    const parts = this.parts.get(name);
    if (parts === undefined) throw new DomainError('NOT_FOUND', 'BUNDLE_NOT_FOUND', `There is no bundle of ${name}.`);
    return RetrieverModel.of({ ...parts, reference: name });
  }
}
