export { LosingProxy } from './losing-proxy.js';
export { RedisClusterServers } from './redis-cluster-servers.js';
export { RedisServer, until } from './redis-server.js';
