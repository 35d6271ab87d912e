import { isDomainError } from '@serendip/shared-errors';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Snapshots } from './snapshots.service.js';

/** What operators see of control. */
export class ControlMetrics {
  private readonly changes: Counter<'rpc' | 'code'>;

  constructor(registry: Registry, snapshots: Snapshots) {
    const registers = [registry];
    this.changes = new Counter({ name: 'serendip_config_changes_total', help: 'Changes asked for, by what became of them.', labelNames: ['rpc', 'code'], registers });
    const gauge = (name: string, help: string, value: () => number): Gauge => new Gauge({ name, help, registers, collect() { this.set(value()); } });
    gauge('serendip_config_version', 'Version of the newest published configuration, 0 for none.', () => snapshots.current?.version ?? 0);
    gauge('serendip_config_watchers', 'Services that watch the configuration here.', () => snapshots.watchers);
    new Gauge({
      name: 'serendip_config_dependency_up', help: 'Whether a dependency answered last time, 1 or 0.', labelNames: ['dependency'], registers,
      collect() {
        for (const { name, ready } of snapshots.status()) this.set({ dependency: name }, ready ? 1 : 0);
      },
    });
  }

  /** Counts a change once it is made or has failed. */
  async counted<T>(rpc: string, change: () => Promise<T>): Promise<T> {
    try {
      const result = await change();
      this.changes.inc({ rpc, code: 'OK' });
      return result;
    } catch (error) {
      this.changes.inc({ rpc, code: isDomainError(error) ? error.code : 'INTERNAL' });
      throw error;
    }
  }
}
