import config from './jest.config.mjs';

/** Tests that start real servers: `npm test -- --config jest.integration.config.mjs`, where those are installed. */
export default {
  ...config,
  testMatch: ['<rootDir>/{apps,libs}/**/*.integration.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 60_000,
  // Servers and clusters of several at once are more than a small machine has.
  maxWorkers: 1,
};
