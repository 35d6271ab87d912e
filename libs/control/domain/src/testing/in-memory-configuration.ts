import { DomainError } from '@serendip/shared-errors';
import type { Configuration, Tenant } from '../configuration.js';
import type { AuditEntry, AuditPage, ConfigurationRepository, Edit, Who } from '../repository.js';

/** Configuration in memory; an audit entry's time is its id. While `away` is true every method fails as a database that is gone. */
export class InMemoryConfiguration implements ConfigurationRepository {
  away = false;
  private tenants = new Map<string, Tenant>();
  private readonly entries: (AuditEntry & { readonly tenant: string })[] = [];
  private current = 1;

  async change<T>({ tenant: id, actor }: Who, edit: Edit<T>): Promise<T> {
    this.check();
    const before = this.tenants.get(id);
    const { tenant, audit, result } = edit(before);
    if (tenant === before) return result;
    this.tenants = new Map([...this.tenants, [id, tenant]]);
    const entry = this.entries.length + 1;
    this.entries.push({ ...audit, tenant: id, actor, id: entry, atMs: entry });
    this.current++;
    return result;
  }

  async read(): Promise<Configuration> {
    this.check();
    return { version: this.current, tenants: [...this.tenants.values()] };
  }

  async version(): Promise<number> {
    this.check();
    return this.current;
  }

  async audit(tenant: string, { before = Infinity, max }: AuditPage): Promise<readonly AuditEntry[]> {
    this.check();
    const entries = this.entries.filter((entry) => entry.tenant === tenant && entry.id < before);
    return entries.reverse().slice(0, max).map(({ tenant: _, ...entry }) => entry);
  }

  async close(): Promise<void> {
    this.away = true;
  }

  private check(): void {
    if (this.away) throw new DomainError('UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'The database is away.');
  }
}
