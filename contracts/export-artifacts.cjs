#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes artifacts/<Name>.json for every deployable contract, the combined registry and the event table.
//   node export-artifacts.cjs            write (runs `forge build` first)
//   node export-artifacts.cjs --check    exit 1 and name what differs from the committed files
//   --no-build                           use the last export build as it is
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { keccak256 } = require('js-sha3');
const { forgePath } = require('./forge.cjs');

const ROOT = __dirname;
// Own build folder: `forge lint` and `forge coverage` leave artifacts without or with other bytecode in out/.
const OUT = path.join(ROOT, 'cache', 'export', 'out');
const DIR = path.join(ROOT, 'artifacts');
const EIP170_LIMIT = 24576;

const MODULES = [
  'AccessControlModule', 'AftermarketDeviceModule', 'CombinedMintModule', 'ManufacturerModule', 'MapperModule',
  'MulticallModule', 'PairingModule', 'SharedModule', 'SignatureModule', 'SyntheticDeviceModule', 'VehicleModule',
];
const CONTRACTS = [
  'AdminPriceProvider', 'AftermarketDeviceId', 'ConnectionAttestations', 'Connections', 'Court', 'CourtRules',
  'DIMORegistry', 'DevLicenseDimo', 'DeviceDirectory', 'DeviceEscrow', 'DeviceStanding', 'DimoGovernor',
  'DimoTimelock', 'DimoToken', 'ERC1967Proxy', 'EmergencyPause', 'EscrowLens', 'LicenseAccount',
  'LicenseAccountFactory', 'LicenseBook', 'ManufacturerId', 'MintVoucher', 'PanelAdjudicator',
  'Parameters', 'PostedTwap', 'PreorderSpot', 'Sacd', 'StakeTerms', 'StakeVault', 'StorageNode', 'SyntheticDeviceId',
  'TeamRoster', 'TeamSafe', 'Template', 'UpgradeableBeacon', 'UsdPeg', 'VehicleId', 'VehicleRoles',
  'VoteAdjudicator', ...MODULES,
].sort();

function build() {
  const run = spawnSync(forgePath(), ['build', '--skip', 'test', '--out', OUT, '--cache-path', path.join(OUT, '..', 'cache')], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout || ''}${run.stderr || ''}${run.error || ''}\n`);
    process.exit(1);
  }
}

const typeOf = (p) => p.type.startsWith('tuple')
  ? `(${p.components.map(typeOf).join(',')})${p.type.slice('tuple'.length)}` : p.type;
const signature = (e) => `${e.name}(${(e.inputs || []).map(typeOf).join(',')})`;
const hash = (text) => `0x${keccak256(text)}`;
const selector = (e) => hash(signature(e)).slice(0, 10);
const ORDER = { constructor: 0, fallback: 1, receive: 2, function: 3, event: 4, error: 5 };
const keyOf = (e) => `${ORDER[e.type]} ${e.name ? signature(e) : ''}`;

function sortAbi(abi) {
  return [...abi].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

function union(abis) {
  const seen = new Map();
  for (const entry of abis.flat()) {
    const key = keyOf(entry);
    const other = seen.get(key);
    if (other && entry.type === 'event' && JSON.stringify(other.inputs) !== JSON.stringify(entry.inputs)) {
      throw new Error(`two layouts of event ${signature(entry)}`);
    }
    if (!other) seen.set(key, entry);
  }
  return sortAbi([...seen.values()]);
}

function load(name) {
  const file = path.join(OUT, `${name}.sol`, `${name}.json`);
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: run forge build`);
  const json = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (!json.bytecode || !json.deployedBytecode) throw new Error(`${file} has no bytecode: run without --no-build`);
  const size = (json.deployedBytecode.object.length - 2) / 2;
  if (size > EIP170_LIMIT) throw new Error(`${name}: ${size} bytes of code, limit ${EIP170_LIMIT}`);
  if (/__\$/.test(json.bytecode.object)) throw new Error(`${name}: unlinked library`);
  return { contractName: name, abi: sortAbi(json.abi), bytecode: json.bytecode.object, deployedBytecodeSize: size };
}

function selectorsOf(artifact) {
  return Object.fromEntries(artifact.abi.filter((e) => e.type === 'function')
    .map((e) => [signature(e), selector(e)]).sort());
}

function combined(artifacts) {
  const modules = {};
  const taken = new Map();
  for (const name of MODULES) {
    modules[name] = selectorsOf(artifacts.get(name));
    for (const [sig, sel] of Object.entries(modules[name])) {
      if (taken.has(sel)) throw new Error(`${sig}: selector ${sel} is in ${taken.get(sel)} and ${name}`);
      taken.set(sel, name);
    }
  }
  return {
    contractName: 'DIMORegistry',
    abi: union([artifacts.get('DIMORegistry').abi, ...MODULES.map((name) =>
      artifacts.get(name).abi.filter((e) => e.type !== 'constructor'))]),
    routerSelectors: selectorsOf(artifacts.get('DIMORegistry')),
    modules,
  };
}

function topics(artifacts, registry) {
  const rows = [];
  const add = (contract, abi) => {
    for (const e of abi.filter((entry) => entry.type === 'event')) {
      const mask = e.inputs.map((i) => (i.indexed ? '1' : '0')).join('');
      rows.push({ contract, signature: signature(e), indexedMask: mask, topic0: hash(signature(e)) });
    }
  };
  for (const [name, artifact] of artifacts) {
    if (name === 'DIMORegistry' || MODULES.includes(name)) continue;
    add(name, artifact.abi);
  }
  add('DIMORegistry', registry.abi);
  const key = (r) => `${r.contract} ${r.signature}`;
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function files() {
  const artifacts = new Map(CONTRACTS.map((name) => [name, load(name)]));
  const registry = combined(artifacts);
  const result = new Map();
  for (const [name, artifact] of artifacts) result.set(`${name}.json`, artifact);
  result.set('DIMORegistry.combined.json', registry);
  result.set('topics.json', topics(artifacts, registry));
  return result;
}

/** What differs between a committed file and a fresh one, in words. */
function differences(name, fresh) {
  const file = path.join(DIR, name);
  if (!fs.existsSync(file)) return [`${name}: not committed`];
  const old = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (name === 'topics.json') return JSON.stringify(old) === JSON.stringify(fresh) ? [] : [`${name}: events differ`];
  const found = [];
  const keys = (abi) => new Map(abi.map((e) => [keyOf(e), JSON.stringify(e)]));
  const [before, after] = [keys(old.abi), keys(fresh.abi)];
  for (const [k, v] of after) {
    if (!before.has(k)) found.push(`${name}: ABI adds ${k.slice(2)}`);
    else if (before.get(k) !== v) found.push(`${name}: ABI changes ${k.slice(2)}`);
  }
  for (const k of before.keys()) if (!after.has(k)) found.push(`${name}: ABI removes ${k.slice(2)}`);
  if (old.bytecode !== fresh.bytecode) found.push(`${name}: bytecode differs`);
  if (JSON.stringify(old) !== JSON.stringify(fresh) && found.length === 0) found.push(`${name}: file differs`);
  return found;
}

function main() {
  const args = process.argv.slice(2);
  if (!args.includes('--no-build')) build();
  const fresh = files();
  if (args.includes('--check')) {
    const found = [...fresh].flatMap(([name, json]) => differences(name, json));
    for (const name of fs.existsSync(DIR) ? fs.readdirSync(DIR) : []) {
      if (!fresh.has(name)) found.push(`${name}: committed, but no such contract`);
    }
    if (found.length !== 0) {
      process.stderr.write(`${found.join('\n')}\nrun: node export-artifacts.cjs\n`);
      process.exit(1);
    }
    process.stdout.write(`${fresh.size} artifacts unchanged\n`);
    return;
  }
  fs.mkdirSync(DIR, { recursive: true });
  for (const name of fs.readdirSync(DIR)) if (!fresh.has(name)) fs.rmSync(path.join(DIR, name));
  for (const [name, json] of fresh) fs.writeFileSync(path.join(DIR, name), `${JSON.stringify(json, null, 2)}\n`);
  process.stdout.write(`${fresh.size} artifacts written\n`);
}

main();
