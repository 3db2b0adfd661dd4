// Modules that are not there: what AWS would bring along, and the command that installs them.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMissingModule } from './errors.mjs';
import { keepReal } from './virtualPaths.mjs';

const taskRoot = process.env.LAMBDA_TASK_ROOT;

/** The lock file of each package manager, with its command to add a package. */
const managers = [
  ['pnpm-lock.yaml', 'pnpm add'],
  ['yarn.lock', 'yarn add'],
  ['bun.lock', 'bun add'],
  ['bun.lockb', 'bun add'],
  ['package-lock.json', 'npm install'],
];

/**
 * Logs how to install what is missing, if that is why the code can't be loaded. Of what AWS brings along, the error says
 * so, too; every other error stays as it is on AWS.
 */
export function explainMissingModule(error) {
  const missing = missingPackage(error);
  if (missing === undefined) return error;
  const { name, importer } = missing;
  const command = installCommand(name, importer);
  if (!isProvided(name)) {
    console.warn(`${name} is not installed. ${command}`);
    return error;
  }
  const hint = `On AWS the runtime provides '${name}'; locally it comes from your project. ${command}`;
  const [, header = ''] = error.message.match(/^(.*)$/m) ?? [];
  const message = error.message.replace(header, () => `${header}\n${hint}`);
  error.stack = error.stack?.replace(error.message, () => message);
  error.message = message;
  return error;
}

/** `Run "npm install NAME" in "FOLDER".`, the folder being the real one; `flags` go before the name. */
export function installCommand(name, importer, flags = '') {
  const { folder, manager } = projectOf(importer === undefined ? taskRoot : dirname(importer));
  return keepReal(`Run "${manager}${flags} ${name}" in "${folder}".`);
}

function missingPackage(error) {
  if (!isMissingModule(error)) return undefined;
  const [, specifier = ''] = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message) ?? [];
  const name = /^(?:@[\w.~-]+\/)?[a-z\d~-][\w.~-]*/i.exec(specifier)?.[0];
  // Not one that is there and lacks a file, nor the handler's own module.
  if (name === undefined || isBuiltin(name) || /^[a-z]:/i.test(specifier)) return undefined;
  const importer = importerIn(error);
  return importer === undefined ? undefined : { name, importer };
}

/** The file that asked for the module; `undefined`: ours did, for the handler. */
function importerIn({ message, requireStack }) {
  const imported = /imported from (.+)$/m.exec(message)?.[1];
  const file = requireStack?.[0] ?? (imported?.startsWith('file:') ? fileURLToPath(imported) : imported);
  return file === undefined || file.startsWith(dirname(import.meta.dirname)) ? undefined : file;
}

/** AWS brings SDK 3 along since Node.js 18, SDK 2 before. */
function isProvided(name) {
  const version = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 18);
  return version >= 18 ? /^@(?:aws-sdk|smithy)\//.test(name) : name === 'aws-sdk';
}

/** The folder with the nearest package.json, and the package manager of the nearest lock file there or above. */
function projectOf(start) {
  let folder = start;
  while (!isPackage(folder) && folder !== parse(folder).root) folder = dirname(folder);
  if (!isPackage(folder)) folder = taskRoot;
  for (let at = folder; ; at = dirname(at)) {
    const found = managers.find(([lock]) => existsSync(join(at, lock)));
    if (found || at === parse(at).root) return { folder, manager: found?.[1] ?? 'npm install' };
  }
}

/** A package.json that only says `"type"` belongs to no project of its own. */
function isPackage(folder) {
  try {
    const { type: _, ...rest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return Object.keys(rest).length > 0;
  } catch {
    return false;
  }
}
