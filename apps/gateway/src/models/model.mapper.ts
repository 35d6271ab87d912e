import { control } from '@serendip/shared-contracts';

const kinds: Readonly<Record<number, string>> = {
  [control.ModelKind.RETRIEVER]: 'retriever', [control.ModelKind.RANKER]: 'ranker', [control.ModelKind.ITEM_ENCODER]: 'item-encoder',
};

const checkStates: Readonly<Record<number, string>> = {
  [control.CheckState.PENDING]: 'pending', [control.CheckState.PASSED]: 'passed', [control.CheckState.FAILED]: 'failed',
};

const outcomes: Readonly<Record<number, string>> = {
  [control.CheckOutcome.PASSED]: 'passed', [control.CheckOutcome.FAILED]: 'failed', [control.CheckOutcome.SKIPPED]: 'skipped',
};

/** A version as lists show it. */
export function versionAnswer(model: control.ModelVersion, aliases: readonly control.ModelAlias[]) {
  const { name, version, kind, digest, createdAtMs, metrics, checks } = model;
  return {
    name, version, kind: kinds[kind] ?? 'unknown', digest, createdAt: new Date(createdAtMs).toISOString(), metrics, checks: checkStates[checks] ?? 'unknown',
    aliases: aliases.filter((alias) => alias.model === name && alias.version === version).map(({ alias }) => alias),
  };
}

export const checkAnswer = ({ name, outcome, detail, figures }: control.ModelCheck) => ({ name, outcome: outcomes[outcome] ?? 'unknown', detail, figures });
