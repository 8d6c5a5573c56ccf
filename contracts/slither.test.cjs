// SPDX-License-Identifier: MIT OR Apache-2.0
// node --test slither.test.cjs
'use strict';
const assert = require('node:assert');
const { test } = require('node:test');
const { counted, differences, triaged } = require('./slither.cjs');

const finding = (check, description) => ({ check, description });
const FOUND = [
  finding('calls-loop', 'A._f(uint256,A.S) (src/A.sol#1-2) has external calls inside a loop'),
  finding('calls-loop', 'A._f(uint256) (src/A.sol#4-5) has external calls inside a loop'),
  finding('reentrancy-events', 'Reentrancy in A.g() (src/A.sol#7-9):\n\tExternal calls:'),
  finding('uninitialized-local', 'A._f(uint256).n (src/A.sol#8) is a local variable never initialized'),
];
const ROWS = ['| Detector | Place | Why |', '|---|---|---|', '| calls-loop | `A._f` ×2 | bounded |',
  '| reentrancy-events | A.g | own contract |', '| uninitialized-local | A._f.n | zero |'];

test('rows and findings agree by detector, place and number', () => {
  assert.deepStrictEqual(differences(counted(FOUND), triaged(ROWS.join('\n'))), []);
});

test('a finding without a row, one more in a place, and a row without a finding are named', () => {
  const more = counted([...FOUND, FOUND[0], finding('weak-prng', 'B.h() (src/B.sol#1) uses a weak PRNG')]);
  const rows = [...ROWS, '| timestamp | A.g | gone |'].join('\n');
  assert.deepStrictEqual(differences(more, triaged(rows)), [
    'calls-loop A._f: 3 found, 2 in STATIC_ANALYSIS.md',
    'timestamp A.g: 0 found, 1 in STATIC_ANALYSIS.md',
    'weak-prng B.h: 1 found, 0 in STATIC_ANALYSIS.md',
  ]);
});
