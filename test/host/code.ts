import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as timers from 'node:timers';
import { parseArgs } from 'node:util';
import { onSignals } from '../../scripts/process.ts';
import { startWorkbench } from './startWorkbench.ts';

// `runTests` always asks for no workspace trust. A suite about trust says by this variable that it means otherwise.
const trust = process.env['TEST_WORKSPACE_TRUST'] === 'on';
const desktop = process.env['TEST_DESKTOP_VSCODE'];

const limit = Number(process.env['TEST_LIMIT_MS'] ?? 0);

process.exitCode = desktop ? await runDesktop(desktop) : await runWeb();

/** Passes everything on to a desktop VS Code, but for the flag that switches trust off. */
function runDesktop(executable: string): Promise<number> {
  const args = process.argv.slice(2).filter((arg) => !(trust && arg === '--disable-workspace-trust'));
  const child = spawn(executable, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const late = afterLimit(() => child.kill('SIGKILL'));
  child.on('exit', () => late.dispose());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs the suites in the web workbench; the flags are the desktop's. */
async function runWeb(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      extensionDevelopmentPath: { type: 'string' },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
    },
    strict: false,
    allowPositionals: true,
  });
  const text = (value: string | boolean | undefined): string | undefined =>
    typeof value === 'string' ? value : undefined;
  const extensionDevelopmentPath = text(values['extensionDevelopmentPath']);
  const extensionTestsPath = text(values['extensionTestsPath']);
  const userData = text(values['user-data-dir']);
  const [folder] = positionals;
  if (!extensionDevelopmentPath || !extensionTestsPath || !folder) {
    process.stderr.write('Wanted: FOLDER --extensionDevelopmentPath=… --extensionTestsPath=…\n');
    return 2;
  }
  const verbose = process.env['TEST_VERBOSE'] !== undefined;
  let said = '';
  const starting = startWorkbench({
    folder,
    extensionDevelopmentPath,
    extensionTestsPath,
    trust,
    settings: userData ? await readSettings(join(userData, 'User', 'settings.json')) : {},
    log(line) {
      said = (said + line).slice(-20_000);
      if (verbose) process.stderr.write(line);
    },
  });
  const signals = onSignals(async () => (await starting).close());
  const late = Promise.withResolvers<never>();
  const timer = afterLimit(() => late.reject(new Error(`The suites did not end within ${limit} ms.`)));
  try {
    return await Promise.race([starting.then(({ testsEnded }) => testsEnded), late.promise]);
  } catch (error) {
    process.stderr.write(`${String(error)}\n${said}\n`);
    return 1;
  } finally {
    await starting.then((workbench) => workbench.close()).catch(() => undefined);
    signals.dispose();
    timer.dispose();
  }
}

/** Calls `end` when VS Code has had its time (`TEST_LIMIT_MS`; none when it is not set). */
function afterLimit(end: () => void): { dispose(): void } {
  const timer = limit > 0 ? timers.setTimeout(end, limit) : undefined;
  return { dispose: () => clearTimeout(timer) };
}

async function readSettings(file: string): Promise<Record<string, unknown>> {
  const content = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(content) as Record<string, unknown>;
}
