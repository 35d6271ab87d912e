import { DomainError, isDomainError } from '@serendip/shared-errors';

/** A write that is not known to be durable in time is one to send again, so it answers as ingestion does when it is away. */
export async function durably<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'DEADLINE_EXCEEDED') throw error;
    throw new DomainError('UNAVAILABLE', 'NOT_DURABLE_IN_TIME', 'It is not known to be durable: send it again, as it was.', { cause: error });
  }
}
