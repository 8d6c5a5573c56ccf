#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the forge of the lock file: `node forge.cjs test`. The binaries are depended on directly, because the wrapper
// package finds them in a postinstall script, which npm blocks, and lists platforms that not every registry serves.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const PLATFORMS = { 'linux-x64': 'linux-amd64', 'darwin-arm64': 'darwin-arm64', 'win32-x64': 'win32-amd64' };

/** Path of the binary for this machine; `forge` from the PATH where the lock file has none. */
function forgePath() {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  const file = path.join(__dirname, 'node_modules', '@foundry-rs', `forge-${platform}`, 'bin', 'forge');
  return fs.existsSync(file) ? file : 'forge';
}

module.exports = { forgePath };

if (require.main === module) {
  const run = spawnSync(forgePath(), process.argv.slice(2), { cwd: __dirname, stdio: 'inherit' });
  if (run.error) process.stderr.write(`${run.error.message}\n`);
  process.exit(run.status ?? 1);
}
