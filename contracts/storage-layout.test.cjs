// SPDX-License-Identifier: MIT OR Apache-2.0
// node --test storage-layout.test.cjs
'use strict';
const assert = require('node:assert');
const { test } = require('node:test');
const { breaks } = require('./storage-layout.cjs');

const member = (type, name) => ({ name, type });
const BASE = {
  contract: 'C',
  variables: [{ name: 'v', type: 'uint256', slot: '0', offset: 0 }],
  namespaces: {
    'm.c': {
      slot: '0x00',
      members: [
        member('address', 'a'),
        member('mapping(uint256 => struct C.Value)', 'values'),
        member('struct C.Inline', 'inline'),
        member('struct C.Item[]', 'items'),
      ],
    },
  },
  structs: {
    'C.Value': [member('uint128', 'x')],
    'C.Inline': [member('uint128', 'x')],
    'C.Item': [member('uint128', 'x')],
  },
};

function changed(edit) {
  const copy = structuredClone(BASE);
  edit(copy);
  return breaks(BASE, copy);
}

test('what is added behind the last member keeps the storage', () => {
  assert.deepStrictEqual(changed(() => {}), []);
  assert.deepStrictEqual(changed((c) => c.namespaces['m.c'].members.push(member('bool', 'new'))), []);
  assert.deepStrictEqual(changed((c) => c.structs['C.Value'].push(member('bool', 'new'))), []);
  assert.deepStrictEqual(changed((c) => { c.namespaces['m.d'] = { slot: '0x01', members: [] }; }), []);
});

test('everything else breaks it', () => {
  const edits = [
    (c) => c.namespaces['m.c'].members.unshift(member('bool', 'new')),
    (c) => c.namespaces['m.c'].members.pop(),
    (c) => { c.namespaces['m.c'].members[0].type = 'uint256'; },
    (c) => { c.namespaces['m.c'].members[0].name = 'b'; },
    (c) => { delete c.namespaces['m.c']; },
    (c) => { c.variables[0].slot = '1'; },
    (c) => { c.structs['C.Value'][0].type = 'uint64'; },
    (c) => c.structs['C.Inline'].push(member('bool', 'new')),
    (c) => c.structs['C.Item'].push(member('bool', 'new')),
    (c) => { delete c.structs['C.Value']; },
  ];
  for (const edit of edits) assert.strictEqual(changed(edit).length > 0, true, edit.toString());
});
