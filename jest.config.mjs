import { availableParallelism } from 'node:os';

/** One configuration for every project: `npm test`, or `npx nx test <project>` for one of them; what needs servers has its own. */
export default {
  testMatch: ['<rootDir>/{apps,libs,bench,tools}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.integration\\.spec\\.ts$'],
  modulePathIgnorePatterns: ['/dist/', '/.serendip/', '/.nx/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@serendip/source', 'node', 'node-addons'] },
  transform: {
    '\\.ts$': ['@swc/jest', {
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'nodenext' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
    }],
  },
  testEnvironment: '<rootDir>/tools/jest-environment.mjs',
  testTimeout: 20_000,
  // Modules of specs stay in memory, and collecting gigabytes takes longer than an answer may: processes that have grown are replaced. One worker would be this process, which can't be.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '600MB',
};
