import { parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@serendip/shared-errors';
import { judgedRequests, type EvaluationTask, type JudgedRequests } from './judged-requests.js';

export type EvaluationMessage = { readonly kind: 'done'; readonly requests: JudgedRequests } | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

const tell = (message: EvaluationMessage): void => parentPort!.postMessage(message);

try {
  tell({ kind: 'done', requests: await judgedRequests((workerData as { task: EvaluationTask }).task) });
} catch (error) {
  tell({ kind: 'failed', reason: isDomainError(error) ? error.reason : 'EVALUATION_FAILED', message: error instanceof Error ? error.message : String(error) });
}
