import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What each scope may import besides itself, `scope:shared` and `scope:platform`; ADR 0003 gives the reasons. */
const scopes = {
  events: [],
  features: ['events'],
  retrieval: [],
  ranking: [],
  experiments: [],
  serving: ['experiments'],
  control: ['experiments'],
  models: ['ranking'],
  training: ['events', 'features', 'retrieval', 'ranking', 'models'],
  simulator: [],
  cli: ['models', 'ranking', 'retrieval', 'training'],
  stack: ['control'],
  client: [],
};

const types = {
  app: ['adapter', 'domain', 'contract', 'platform'],
  adapter: ['domain', 'contract', 'platform'],
  domain: ['domain'],
  contract: [],
  platform: ['platform', 'contract', 'domain'],
  client: [],
};

const tag = (kind) => (name) => `${kind}:${name}`;

const depConstraints = [
  ...Object.entries(scopes).map(([scope, others]) => ({
    sourceTag: `scope:${scope}`,
    onlyDependOnLibsWithTags: [scope, 'shared', 'platform', ...others].map(tag('scope')),
  })),
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  { sourceTag: 'scope:platform', onlyDependOnLibsWithTags: ['scope:platform', 'scope:shared'] },
  ...Object.entries(types).map(([type, others]) => ({
    sourceTag: `type:${type}`,
    onlyDependOnLibsWithTags: others.map(tag('type')),
    ...(type === 'domain' ? { allowedExternalImports: ['@jest/globals', 'fast-check', 'node:*', '@serendip/*'] } : {}),
    ...(type === 'contract' ? { allowedExternalImports: ['@bufbuild/*', '@grpc/*', 'node:*', '@serendip/*', '@jest/globals', 'fast-check'] } : {}),
    ...(type === 'client' ? { allowedExternalImports: ['react', '@jest/globals', 'fast-check', 'node:*', 'playwright-core'] } : {}),
  })),
];

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '**/generated/**', '.nx/**', '.serendip/**'] },
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.ts', '**/*.tsx'] })),
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints, allow: [], enforceBuildableLibDependency: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a string union.' }],
    },
  },
];
