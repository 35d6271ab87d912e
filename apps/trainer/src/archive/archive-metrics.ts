import { Gauge, type Registry } from 'prom-client';
import type { ArchiveThread } from './archive-thread.js';

/** How far the archive is. */
export function watchArchive(registry: Registry, archive: Pick<ArchiveThread, 'state'>): void {
  const gauge = (name: string, help: string, value: () => number | undefined): Gauge => new Gauge({ name, help, registers: [registry], collect() { this.set(value() ?? NaN); } });
  gauge('serendip_archive_commits', 'Commits of the archive.', () => archive.state?.commits);
  gauge('serendip_archive_lag_records', 'Records of the log that are not archived.', () => archive.state?.lag);
}
