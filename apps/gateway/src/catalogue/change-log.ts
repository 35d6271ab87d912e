import { Injectable } from '@nestjs/common';
import { events } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { durably } from '../events/durable.js';
import type { EventMessage } from '../events/event.mapper.js';
import type { Trace } from '../http/trace.js';

/** Writes changes of the catalogue and of profiles to the log. */
@Injectable()
export class ChangeLog {
  constructor(private readonly clients: Clients) {}

  /** One result for each change, in order. */
  async writeAll(tenant: string, changes: readonly EventMessage[], trace: Trace): Promise<readonly events.EventResult[]> {
    const { results } = await durably(this.clients.ingestion.writeEvents({ tenant, events: [...changes] }, trace));
    return results;
  }

  /** Throws INVALID_ARGUMENT with ingestion's reason when the change is refused. */
  async write(tenant: string, change: EventMessage, trace: Trace): Promise<void> {
    const [result] = await this.writeAll(tenant, [change], trace);
    if (result?.status !== events.EventStatus.ACCEPTED) {
      throw new DomainError('INVALID_ARGUMENT', result?.reason || 'CHANGE_REJECTED', result?.detail || 'The change was not accepted.');
    }
  }
}
