export { startAdminServer, type AdminServer, type AdminServerOptions, type DependencyStatus } from './admin-server.js';
export { createRegistry } from './registry.js';
export { RuntimeReport, type RuntimeFallback } from './runtime-report.js';
