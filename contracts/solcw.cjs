#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Lets forge use the solc of the npm lock file: answers `--version` and `--standard-json`, reads the disk for nothing.
'use strict';
const args = process.argv.slice(2);
// solc's soljson build installs handlers that print the whole wasm module on an unrelated exception.
const solc = require('solc');
for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);

if (args.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (args.includes('--standard-json')) {
  const chunks = [];
  process.stdin.on('data', (chunk) => chunks.push(chunk));
  process.stdin.on('end', () => process.stdout.write(solc.compile(Buffer.concat(chunks).toString('utf8'))));
} else {
  process.stderr.write(`solcw: unsupported arguments: ${args.join(' ')}\n`);
  process.exit(2);
}
