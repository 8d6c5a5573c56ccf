#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Storage of every upgradeable contract, from the compiler's analysis (no code is generated, so it takes seconds).
//   node storage-layout.cjs            write snapshots/storage/*.json; refuses a layout that breaks deployed storage
//   node storage-layout.cjs --check    exit 1 when a layout breaks, or when a snapshot is not up to date
//   --break                            write anyway: only for contracts that were never deployed
// Either way a namespace that SLOT_TEST does not read is an error.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { keccak256 } = require('js-sha3');
const solc = require('solc');
for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);

const ROOT = __dirname;
const DIR = path.join(ROOT, 'snapshots', 'storage');
const SLOT_TEST = path.join('test', 'unit', 'StorageSlots.t.sol');
const LOCATION = /@custom:storage-location erc7201:(\S+)/;

function sourcesUnder(folder) {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? sourcesUnder(name) : name.endsWith('.sol') ? [name] : [];
  });
}

/** The compiler's answer for all of src: syntax trees, and variables outside of namespaces. */
function analyse() {
  const read = (name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(sourcesUnder('src').map((name) => [name, { content: read(name) }])),
    settings: {
      evmVersion: 'cancun',
      remappings: ['@openzeppelin/=node_modules/@openzeppelin/'],
      outputSelection: { '*': { '': ['ast'], '*': ['storageLayout'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => ({ contents: read(name) }) }));
  const errors = (output.errors || []).filter((e) => e.severity === 'error');
  if (errors.length !== 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'));
  return output;
}

/** Contracts by id and structs by their full name. */
function definitions(output) {
  const [contracts, structs] = [new Map(), new Map()];
  for (const [file, { ast }] of Object.entries(output.sources)) {
    for (const node of ast.nodes) {
      if (node.nodeType === 'StructDefinition') structs.set(node.canonicalName, node);
      if (node.nodeType !== 'ContractDefinition') continue;
      contracts.set(node.id, { file, node });
      for (const inner of node.nodes) {
        if (inner.nodeType === 'StructDefinition') structs.set(inner.canonicalName, inner);
      }
    }
  }
  return { contracts, structs };
}

/** A contract's type is an address in storage, and its name may change. */
const typeOf = (text) => text.replace(/contract [\w.]+/g, 'address');
const members = (struct) => struct.members.map((m) => ({ name: m.name, type: typeOf(m.typeDescriptions.typeString) }));
const structsIn = (type) => [...type.matchAll(/struct ([\w.]+)/g)].map((match) => match[1]);

function slotOf(id) {
  const bytes = Buffer.from((BigInt(`0x${keccak256(id)}`) - 1n).toString(16).padStart(64, '0'), 'hex');
  return `0x${keccak256(bytes).slice(0, 62)}00`;
}

/** Namespaces that a contract declares itself; the slot literal must stand in the same file. */
function namespacesOf({ file, node }) {
  return node.nodes.filter((n) => n.nodeType === 'StructDefinition').flatMap((struct) => {
    const id = LOCATION.exec(struct.documentation ? struct.documentation.text : '');
    if (!id) return [];
    const slot = slotOf(id[1]);
    if (file.startsWith('src/') && !fs.readFileSync(path.join(ROOT, file), 'utf8').includes(slot)) {
      throw new Error(`${file}: the slot of ${id[1]} is ${slot}`);
    }
    return [{ id: id[1], slot, members: members(struct) }];
  });
}

function layoutOf(output, defs, contract) {
  const { file, node } = contract;
  const bases = node.linearizedBaseContracts.map((id) => defs.contracts.get(id));
  const layout = (output.contracts[file][node.name].storageLayout || { storage: [], types: {} });
  const variables = layout.storage.map((v) => ({
    name: v.label, type: typeOf(layout.types[v.type].label), slot: v.slot, offset: v.offset,
  }));
  const namespaces = Object.fromEntries(bases.flatMap(namespacesOf)
    .sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, slot, members: list }) => [id, { slot, members: list }]));
  const structs = {};
  const follow = (list) => {
    for (const name of list.flatMap((m) => structsIn(m.type))) {
      if (structs[name]) continue;
      structs[name] = members(defs.structs.get(name));
      follow(structs[name]);
    }
  };
  follow(variables);
  for (const space of Object.values(namespaces)) follow(space.members);
  const sorted = Object.fromEntries(Object.entries(structs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { contract: node.name, variables, namespaces, structs: sorted };
}

/** Everything that keeps storage over an upgrade: heirs of Initializable, and libraries of namespaces (the registry). */
function layouts() {
  const output = analyse();
  const defs = definitions(output);
  const result = new Map();
  for (const contract of defs.contracts.values()) {
    const { file, node } = contract;
    if (!file.startsWith('src/') || node.abstract || node.contractKind === 'interface') continue;
    const upgradeable = node.linearizedBaseContracts.some((id) => defs.contracts.get(id).node.name === 'Initializable');
    if (!upgradeable && !(node.contractKind === 'library' && namespacesOf(contract).length !== 0)) continue;
    result.set(`${node.name}.json`, layoutOf(output, defs, contract));
  }
  return result;
}

/** Namespaces of our sources, heirs or not, that the test of slots does not name. */
function untested() {
  const text = fs.readFileSync(path.join(ROOT, SLOT_TEST), 'utf8');
  const ids = sourcesUnder('src').flatMap((name) => [
    ...fs.readFileSync(path.join(ROOT, name), 'utf8').matchAll(new RegExp(LOCATION, 'g'))].map((match) => match[1]));
  return ids.filter((id) => !text.includes(`"${id}"`));
}

/** Why `fresh` cannot follow `old` on the same storage. Members may only be added behind the last one. */
function breaks(old, fresh) {
  const found = [];
  const line = (m) => (m ? `${m.type} ${m.name}${m.slot === undefined ? '' : ` @${m.slot}+${m.offset}`}` : 'nothing');
  const prefix = (where, before, after, exact) => {
    before.forEach((m, i) => {
      if (line(m) !== line(after[i])) found.push(`${where}: ${line(m)} became ${line(after[i])}`);
    });
    if (exact && after.length > before.length) found.push(`${where}: grows inside another struct or array`);
  };
  prefix('variables', old.variables, fresh.variables, false);
  for (const [id, space] of Object.entries(old.namespaces)) {
    if (fresh.namespaces[id]) prefix(id, space.members, fresh.namespaces[id].members, false);
    else found.push(`${id}: gone`);
  }
  const everywhere = [old.variables, ...Object.values(old.namespaces).map((s) => s.members), ...Object.values(old.structs)];
  const types = everywhere.flat().map((m) => m.type);
  for (const [name, list] of Object.entries(old.structs)) {
    // As the value of a mapping a struct has slots of its own behind it; inline or in an array it has neighbours.
    const inline = types.some((type) => structsIn(type).includes(name) && !new RegExp(`=> struct ${name}( [a-z]+)?\\)`).test(type));
    if (fresh.structs[name]) prefix(`struct ${name}`, list, fresh.structs[name], inline);
    else found.push(`struct ${name}: gone`);
  }
  return found;
}

function main() {
  const args = process.argv.slice(2);
  const [breaking, outdated] = [[], []];
  const fresh = layouts();
  for (const [name, layout] of fresh) {
    const file = path.join(DIR, name);
    if (!fs.existsSync(file)) {
      outdated.push(`${name}: not committed`);
      continue;
    }
    const old = JSON.parse(fs.readFileSync(file, 'utf8'));
    const found = breaks(old, layout);
    breaking.push(...found.map((text) => `${name}: ${text}`));
    if (found.length === 0 && JSON.stringify(old) !== JSON.stringify(layout)) outdated.push(`${name}: grew`);
  }
  for (const name of fs.existsSync(DIR) ? fs.readdirSync(DIR) : []) {
    if (!fresh.has(name)) breaking.push(`${name}: no such contract any more`);
  }
  const unread = untested();
  if (unread.length !== 0) {
    process.stderr.write(`${SLOT_TEST} does not read: ${unread.join(', ')}\n`);
    process.exit(1);
  }
  const check = args.includes('--check');
  if (breaking.length !== 0 && !args.includes('--break')) {
    process.stderr.write(`${breaking.join('\n')}\nthis would corrupt the storage of deployed contracts\n`);
    process.exit(1);
  }
  if (check && outdated.length !== 0) {
    process.stderr.write(`${outdated.join('\n')}\nrun: node storage-layout.cjs\n`);
    process.exit(1);
  }
  if (!check) {
    fs.mkdirSync(DIR, { recursive: true });
    for (const name of fs.readdirSync(DIR)) if (!fresh.has(name)) fs.rmSync(path.join(DIR, name));
    for (const [name, layout] of fresh) fs.writeFileSync(path.join(DIR, name), `${JSON.stringify(layout, null, 2)}\n`);
  }
  process.stdout.write(`${fresh.size} storage layouts ${check ? 'unchanged' : 'written'}\n`);
}

module.exports = { breaks };

if (require.main === module) main();
