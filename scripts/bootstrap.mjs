// Set-up that needs nothing but some Node and npm: run by every script before anything else is imported.
// It stays plain JavaScript that Node 18 understands.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node the scripts and tests run on: they are TypeScript that Node strips, and the web workbench asks for it. */
const wantedMajor = 24;
const reexecuted = 'LAMBDA_DESTINATIONS_NODE';

/**
 * Makes sure that the script runs under a Node that is new enough and that the packages are installed. Where the Node is
 * too old, the script is run again under one from `.cache/`, and this process ends with its exit code.
 */
export async function bootstrap() {
  endWithParent();
  if (Number(process.versions.node.split('.')[0]) < wantedMajor) {
    if (process.env[reexecuted])
      fail(`The Node in .cache/ is too old: ${process.version}. Delete .cache/ and try again.`);
    const node = ensureNode();
    process.exit(await run(node, [...process.execArgv, ...process.argv.slice(1)]));
  }
  // Child processes that look for "node" must find this one.
  process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  process.chdir(root);
  ensurePackages();
}

/** Ends this process as by SIGTERM when the one that started it is gone: a killed npm tells its children nothing. */
function endWithParent() {
  const parent = process.ppid;
  const look = () => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  };
  setInterval(look, 1000).unref();
}

/** The path of a Node from npm, installed into `.cache/` at its first use. */
function ensureNode() {
  const from = join(root, 'scripts', 'toolchain');
  const to = join(root, '.cache', 'toolchain');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = join(to, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!readFileSync(join(from, 'package-lock.json'), 'utf8').includes(`"node_modules/${name}"`)) {
    fail(
      `This needs Node ${wantedMajor} or newer, and this is ${process.version}. Install one from https://nodejs.org and try again.`,
    );
  }
  const stamp = hashOf(join(from, 'package-lock.json'));
  once(join(to, 'stamp'), stamp, existsSync(node), () => {
    say(`Node ${process.version} is too old: installing Node ${wantedMajor} into .cache/ …`);
    mkdirSync(to, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(from, file), join(to, file));
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], to);
  });
  return node;
}

/** `npm ci`, unless what is installed comes from this package-lock.json. */
function ensurePackages() {
  const installed = existsSync(join(root, 'node_modules', 'typescript', 'package.json'));
  once(join(root, 'node_modules', '.stamp'), hashOf(join(root, 'package-lock.json')), installed, () => {
    say('Installing packages (npm ci) …');
    npm(['ci', '--no-audit', '--no-fund'], root);
  });
}

/**
 * Runs `work` unless `there`, and the stamp file says that it was done for the same input.
 *
 * @param {string} stampFile
 * @param {string} stamp
 * @param {boolean} there
 * @param {() => void} work
 */
function once(stampFile, stamp, there, work) {
  if (there && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  work();
  writeFileSync(stampFile, stamp);
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  // On Windows npm is a script, which only a shell can start; the arguments are all our own.
  const shell = process.platform === 'win32';
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell });
  if (status === 0) return;
  fail(`npm ${args.join(' ')} failed in ${cwd}${error ? `: ${error.message}` : ''}\n${stdout ?? ''}${stderr ?? ''}`);
}

/**
 * Runs a command with this process's streams, passes signals on, and gives its exit code.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function run(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, [reexecuted]: command } });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${command} did not start: ${error.message}`));
    child.on('exit', (code, signal) => resolve(signal ? 130 : (code ?? 1)));
  });
}

/** @param {string} file */
function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
