// SPDX-License-Identifier: MIT OR Apache-2.0
// node --test config.test.cjs
'use strict';
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const { forgePath } = require('./forge.cjs');

function config(profile) {
  const run = spawnSync(forgePath(), ['config', '--json'], {
    cwd: __dirname, encoding: 'utf8', env: { ...process.env, FOUNDRY_PROFILE: profile },
  });
  assert.strictEqual(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

test('every change is fuzzed 256 times, every night 10,000 times, with one seed', () => {
  const [change, night] = [config('default'), config('nightly')];
  assert.strictEqual(change.fuzz.runs, 256);
  assert.strictEqual(night.fuzz.runs >= 10_000, true);
  assert.strictEqual(night.invariant.runs >= 10_000, true);
  for (const { fuzz, invariant, ffi } of [change, night]) {
    assert.notStrictEqual(fuzz.seed, null);
    assert.strictEqual(invariant.fail_on_revert, true);
    assert.strictEqual(ffi, false);
  }
  // What is tested at night is what is deployed.
  for (const key of ['evm_version', 'optimizer', 'optimizer_runs', 'via_ir', 'solc']) {
    assert.strictEqual(night[key], change[key], key);
  }
});
