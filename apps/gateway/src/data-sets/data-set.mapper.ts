import { training } from '@serendip/shared-contracts';

const { ExportState } = training;
const states: Readonly<Record<number, 'running' | 'succeeded' | 'failed'>> = { [ExportState.SUCCEEDED]: 'succeeded', [ExportState.FAILED]: 'failed' };

const fileAnswer = ({ path, sha256, bytes, rows }: training.DatasetFile) => ({ path, sha256, bytes, rows });

export const dataSetFacts = ({ id, fromMs, toMs, createdAtMs, rows, commit, versions }: training.Dataset) => ({
  id, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), createdAt: new Date(createdAtMs).toISOString(), rows, commit, versions,
});

export const wholeDataSet = (dataSet: training.Dataset) => ({ ...dataSetFacts(dataSet), files: dataSet.files.map(fileAnswer), rewrittenFiles: dataSet.rewrittenFiles });

export const exportAnswerOf = ({ id, datasetId, state, stage, progress, files, featureNames, error }: training.DatasetExport) => ({
  id, dataSetId: datasetId, state: states[state] ?? 'running', stage, progress, files: files.map(fileAnswer), featureNames, ...(error === '' ? {} : { error }),
});
