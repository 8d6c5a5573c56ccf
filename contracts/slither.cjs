#!/usr/bin/env node
// SPDX-License-Identifier: MIT OR Apache-2.0
// Static analysis of src with Slither; STATIC_ANALYSIS.md says why each known finding is none.
//   node slither.cjs              exit 1 and name findings without a row, and rows without a finding
//   --venv DIR                    Python environment to use, made when missing (default cache/slither/venv)
// Needs python3, and once the package index. Only the syntax trees are compiled, so the analysis takes the time.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const solc = require('solc');
for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);
const { forgePath } = require('./forge.cjs');

const ROOT = __dirname;
const PACKAGES = ['slither-analyzer==0.11.6', 'crytic-compile==0.4.2'];
const WORK = path.join(ROOT, 'cache', 'slither');
const BUILD_INFO = path.join(WORK, 'build-info');
const FINDINGS = path.join(WORK, 'findings.json');
const TRIAGE = path.join(ROOT, 'STATIC_ANALYSIS.md');

function fail(text) {
  process.stderr.write(`${text.trimEnd()}\n`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', ...options });
  if (done.error) fail(`${command}: ${done.error.message}`);
  return done;
}

/** Folder of an environment with exactly the pinned packages. */
function environment(folder) {
  const python = path.join(folder, 'bin', 'python');
  if (!fs.existsSync(python)) {
    const made = run('python3', ['-m', 'venv', folder]);
    if (made.status !== 0) fail(made.stderr);
  }
  const present = run(python, ['-m', 'pip', 'freeze']).stdout.split('\n');
  if (!PACKAGES.every((name) => present.includes(name))) {
    const installed = run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
    if (installed.status !== 0) fail(installed.stderr);
  }
  return folder;
}

function sourcesUnder(folder) {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? sourcesUnder(name) : name.endsWith('.sol') ? [name] : [];
  });
}

/** What `forge build --build-info` writes, less the code, which Slither does not read. */
function writeBuildInfo() {
  const read = (name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(sourcesUnder('src').map((name) => [name, { content: read(name) }])),
    settings: {
      evmVersion: 'cancun',
      remappings: ['@openzeppelin/=node_modules/@openzeppelin/'],
      outputSelection: { '*': { '': ['ast'], '*': ['abi', 'devdoc', 'userdoc'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => ({ contents: read(name) }) }));
  const errors = (output.errors || []).filter((e) => e.severity === 'error');
  if (errors.length !== 0) fail(errors.map((e) => e.formattedMessage).join('\n'));
  const none = { object: '', sourceMap: '' };
  for (const contract of Object.values(output.contracts).flatMap((file) => Object.values(file))) {
    contract.evm = { bytecode: none, deployedBytecode: none };
  }
  fs.rmSync(BUILD_INFO, { recursive: true, force: true });
  fs.mkdirSync(BUILD_INFO, { recursive: true });
  const info = { solcVersion: solc.version().split('+')[0], input, output };
  fs.writeFileSync(path.join(BUILD_INFO, 'src.json'), JSON.stringify(info));
}

function analyse(venv) {
  fs.rmSync(FINDINGS, { force: true });
  const folders = [path.join(venv, 'bin'), path.dirname(forgePath()), process.env.PATH];
  // It exits nonzero on any finding; the report says whether it ran to its end.
  const done = run(path.join(venv, 'bin', 'slither'), ['.', '--foundry-ignore-compile',
    '--foundry-build-info-directory', BUILD_INFO, '--config-file', 'slither.config.json', '--json', FINDINGS],
  { env: { ...process.env, PATH: folders.join(path.delimiter), PYTHONHASHSEED: '0' }, maxBuffer: 1 << 28 });
  const report = fs.existsSync(FINDINGS) ? JSON.parse(fs.readFileSync(FINDINGS, 'utf8')) : { success: false };
  if (!report.success) fail(`${done.stdout}${done.stderr}${report.error || ''}\nno analysis`);
  return report.results.detectors || [];
}

/** "Contract.function" or "Contract.function.variable": lines and overloads come and go. */
function placeOf(finding) {
  const subject = finding.description.split('\n')[0].replace(/^Reentrancy in /, '').split(' (')[0];
  return subject.replace(/\([^()]*(\([^()]*\)[^()]*)*\)/g, '');
}

/** Findings per detector and place. */
function counted(findings) {
  const counts = new Map();
  for (const finding of findings) {
    const key = `${finding.check} ${placeOf(finding)}`;
    counts.set(key, (counts.get(key) || 0) + 1);
  }
  return counts;
}

/** Rows `| detector | place ×n, place | why |`; nothing counts without a reason. */
function triaged(text) {
  const counts = new Map();
  for (const line of text.split('\n')) {
    const row = /^\| ([a-z0-9-]+) \| (.+) \| (.+) \|$/.exec(line);
    if (!row) continue;
    for (const place of row[2].split(', ')) {
      const [name, times] = place.replaceAll('`', '').split(' ×');
      const key = `${row[1]} ${name}`;
      if (counts.has(key)) fail(`${path.basename(TRIAGE)}: ${key} stands there twice`);
      counts.set(key, Number(times || 1));
    }
  }
  return counts;
}

function differences(found, known) {
  const lines = [];
  for (const key of new Set([...found.keys(), ...known.keys()])) {
    const [now, before] = [found.get(key) || 0, known.get(key) || 0];
    if (now !== before) lines.push(`${key}: ${now} found, ${before} in ${path.basename(TRIAGE)}`);
  }
  return lines.sort();
}

function main() {
  const option = process.argv.indexOf('--venv');
  const folder = option === -1 ? path.join(WORK, 'venv') : path.resolve(process.argv[option + 1] || fail('--venv DIR'));
  const venv = environment(folder);
  writeBuildInfo();
  const found = counted(analyse(venv));
  const different = differences(found, triaged(fs.readFileSync(TRIAGE, 'utf8')));
  if (different.length !== 0) fail(`${different.join('\n')}\ndetails: ${path.relative(ROOT, FINDINGS)}`);
  process.stdout.write(`${[...found.values()].reduce((a, b) => a + b, 0)} findings, each with a reason\n`);
}

module.exports = { counted, differences, triaged };

if (require.main === module) main();
