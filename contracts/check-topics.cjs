#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Compares artifacts/topics.json with the table of deployed events: an event of ours with the same contract role and
// signature as a current row must have the same indexed mask and topic0 (protocol reference §10.3).
//   node check-topics.cjs [--spec FILE]
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const args = process.argv.slice(2);
const at = args.indexOf('--spec');
const spec = at >= 0 ? args[at + 1] : path.join(__dirname, '..', '..', 'shared', 'spec', 'protocol-topics.csv');

// Our contract → contract names of the table, most specific first.
const ROLES = {
  DIMORegistry: ['DIMORegistry'],
  VehicleId: ['VehicleId', 'NftIds'],
  AftermarketDeviceId: ['AftermarketDeviceId', 'NftIds'],
  SyntheticDeviceId: ['SyntheticDeviceId', 'NftIds'],
  ManufacturerId: ['VehicleId', 'NftIds'],
  Sacd: ['Sacd'],
  Template: ['Template'],
  DevLicenseDimo: ['DevLicenseDimo'],
  LicenseBook: ['StakeLicence'],
  StakeVault: ['StakeLicence'],
  Connections: ['Connections'],
  StorageNode: ['StorageNode'],
  DimoToken: ['Token'],
  AdminPriceProvider: ['PriceProvider'],
};
// Events of §10.3 that indexers rely on: without this list a renamed event would simply not be compared.
const REQUIRED = {
  DIMORegistry: ['VehicleNodeMintedWithDeviceDefinition', 'VehicleNodeBurned', 'DeviceDefinitionIdSet',
    'VehicleStorageNodeIdSet', 'VehicleAttributeSet', 'ManufacturerNodeMinted', 'AftermarketDeviceNodeMinted',
    'AftermarketDeviceAttributeSet', 'AftermarketDeviceClaimed', 'AftermarketDeviceUnclaimed',
    'AftermarketDevicePaired', 'AftermarketDeviceUnpaired', 'AftermarketDeviceAddressReset',
    'AftermarketDeviceNodeBurned', 'BeneficiarySet', 'SyntheticDeviceNodeMinted', 'SyntheticDeviceNodeBurned',
    'ModuleAdded', 'ModuleRemoved', 'ModuleUpdated', 'RoleAdminChanged', 'RoleGranted', 'RoleRevoked'],
  VehicleId: ['Transfer'], AftermarketDeviceId: ['Transfer'], SyntheticDeviceId: ['Transfer'],
  ManufacturerId: ['Transfer'],
  Sacd: ['PermissionsSet', 'PermissionsRenounced'],
  Template: ['TemplateCreated', 'TemplateDeactivated'],
  DevLicenseDimo: ['Issued', 'SignerEnabled', 'SignerDisabled', 'RedirectUriEnabled', 'RedirectUriDisabled',
    'LicenseAliasSet', 'StakeDeposit', 'StakeWithdraw', 'AssetFreezeUpdate', 'AssetForfeit', 'Locked', 'Transfer'],
  LicenseBook: ['LicenseMinted', 'LicenseRevoked', 'StakeAmountAdjusted', 'Transfer'],
  StakeVault: ['StakeTokens', 'UnstakeTokens'],
  Connections: ['ConnectionMinted', 'Transfer'],
  StorageNode: ['StorageNodeAnchorMinted', 'NodeUriUpdated', 'Transfer'],
};

function parseCsv(text) {
  const rows = [];
  for (const line of text.split(/\r?\n/).filter(Boolean)) {
    const cells = [];
    let cell = '';
    let quoted = false;
    for (let i = 0; i < line.length; i += 1) {
      const c = line[i];
      if (c === '"' && quoted && line[i + 1] === '"') { cell += '"'; i += 1; }
      else if (c === '"') quoted = !quoted;
      else if (c === ',' && !quoted) { cells.push(cell); cell = ''; }
      else cell += c;
    }
    rows.push([...cells, cell]);
  }
  const [head, ...body] = rows;
  return body.map((r) => Object.fromEntries(head.map((name, i) => [name, r[i]])));
}

const topics = JSON.parse(fs.readFileSync(path.join(__dirname, 'artifacts', 'topics.json'), 'utf8'));
const problems = [];
for (const [contract, names] of Object.entries(REQUIRED)) {
  for (const name of names) {
    if (!topics.some((t) => t.contract === contract && t.signature.startsWith(`${name}(`))) {
      problems.push(`${contract}: event ${name} is missing`);
    }
  }
}

let compared = 0;
if (!fs.existsSync(spec)) {
  process.stdout.write(`no table at ${spec}: comparison with deployed events skipped\n`);
} else {
  // History rows describe layouts that are no longer emitted.
  const current = parseCsv(fs.readFileSync(spec, 'utf8')).filter((r) => r.source !== 'history');
  for (const topic of topics) {
    for (const role of ROLES[topic.contract] || []) {
      const rows = current.filter((r) => r.contract === role && r.canonical_signature === topic.signature);
      if (rows.length === 0) continue;
      compared += 1;
      // Masks are numbers in the table: leading zeros may be lost.
      const same = rows.some((r) => r.topic0 === topic.topic0
        && r.indexed_mask.padStart(topic.indexedMask.length, '0') === topic.indexedMask);
      if (!same) {
        const expected = rows.map((r) => `${r.indexed_mask} ${r.topic0}`).join(' or ');
        problems.push(`${topic.contract}: ${topic.signature} is ${topic.indexedMask} ${topic.topic0}, deployed ${expected}`);
      }
      break;
    }
  }
}
if (problems.length !== 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`${topics.length} events, ${compared} compared with the deployed table\n`);
