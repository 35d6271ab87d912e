// Gives every app and library the same four targets, so that a package.json holds nothing but its name, exports and tags.
import { dirname } from 'node:path';

const command = (line, more = {}) => ({ executor: 'nx:run-commands', options: { command: line, cwd: '{workspaceRoot}' }, ...more });

const sources = ['{projectRoot}/src/**/*', '{projectRoot}/package.json', '{projectRoot}/tsconfig.json', '{workspaceRoot}/tsconfig.base.json'];

function targets(folder) {
  const jest = 'node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js';
  const shared = {
    build: command(`node tools/build.mjs ${folder}`, { cache: true, dependsOn: ['^build'], inputs: sources, outputs: ['{projectRoot}/dist'] }),
    test: command(`${jest} --passWithNoTests ${folder}/`, { cache: true, inputs: [...sources, '^default', '{workspaceRoot}/jest.config.mjs'] }),
    lint: command(`eslint ${folder}`, { cache: true, inputs: [...sources, '{workspaceRoot}/eslint.config.mjs'] }),
    typecheck: command(`tsc --build ${folder}`, { cache: true, dependsOn: ['^typecheck'], inputs: [...sources, '^default'] }),
  };
  if (!folder.startsWith('apps/')) return shared;
  const app = folder.slice('apps/'.length);
  const serve = app === 'stack' ? 'node tools/start.mjs --watch' : `node tools/start.mjs --only ${app} --watch`;
  return { ...shared, serve: command(serve, { continuous: true }) };
}

export const createNodesV2 = ['{apps/*,libs/*/*,libs/client}/package.json', (files) => files.map((file) => {
  const folder = dirname(file);
  return [file, { projects: { [folder]: { root: folder, targets: targets(folder) } } }];
})];
