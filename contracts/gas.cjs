#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Gas of the calls that test/gas measures (`vm.snapshotGasLastCall(group, name)`), one file per group.
//   node gas.cjs            write snapshots/gas/*.json
//   node gas.cjs --check    exit 1 and name every call that moved by more than 2 %, is new or is gone
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { forgePath } = require('./forge.cjs');

const ROOT = __dirname;
const DIR = path.join(ROOT, 'snapshots', 'gas');
const FRESH = path.join('cache', 'gas');
/** A few instructions more or less are noise of the optimizer; a storage access is not. */
const TOLERANCE = 0.02;

function measure() {
  const folder = path.join(ROOT, FRESH);
  fs.rmSync(folder, { recursive: true, force: true });
  const run = spawnSync(forgePath(), ['test', '--match-path', 'test/gas/*.t.sol', '--gas-snapshot-emit', 'true'], {
    cwd: ROOT, encoding: 'utf8', env: { ...process.env, FOUNDRY_SNAPSHOTS: FRESH },
  });
  if (run.status !== 0 || !fs.existsSync(folder)) {
    process.stderr.write(`${run.stdout || ''}${run.stderr || ''}${run.error || ''}\nno measurement\n`);
    process.exit(1);
  }
  return readAll(folder);
}

function readAll(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort() : [];
  return new Map(names.map((name) => [name, JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))]));
}

function differences(old, fresh) {
  const found = [];
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const [before, after] = [old.get(name) || {}, fresh.get(name) || {}];
    for (const call of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [a, b] = [Number(before[call]), Number(after[call])];
      if (Number.isNaN(a)) found.push(`${name}: ${call} is new: ${b}`);
      else if (Number.isNaN(b)) found.push(`${name}: ${call} is gone`);
      else if (Math.abs(b - a) > a * TOLERANCE) {
        found.push(`${name}: ${call} ${a} → ${b} (${(((b - a) / a) * 100).toFixed(1)} %)`);
      }
    }
  }
  return found;
}

function main() {
  const fresh = measure();
  if (process.argv.includes('--check')) {
    const found = differences(readAll(DIR), fresh);
    if (found.length !== 0) {
      process.stderr.write(`${found.join('\n')}\nwhen this is meant: node gas.cjs\n`);
      process.exit(1);
    }
    process.stdout.write(`gas of ${fresh.size} groups unchanged\n`);
    return;
  }
  fs.rmSync(DIR, { recursive: true, force: true });
  fs.mkdirSync(DIR, { recursive: true });
  for (const [name, calls] of fresh) fs.writeFileSync(path.join(DIR, name), `${JSON.stringify(calls, null, 2)}\n`);
  process.stdout.write(`gas of ${fresh.size} groups written\n`);
}

main();
