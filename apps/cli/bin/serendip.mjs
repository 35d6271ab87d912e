#!/usr/bin/env node
// The `serendip` command: builds what is missing and runs apps/cli on the pinned Node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, installPackages, runNode } from '../../../tools/bootstrap.mjs';

installPackages();
await build();
const main = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
process.exit(await runNode(['--no-warnings', main, ...process.argv.slice(2)], { cwd: process.cwd() }));
