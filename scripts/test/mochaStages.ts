import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../root.ts';
import { packExtension } from '../package/pack.ts';
import { run } from '../process.ts';
import { ensureChromium } from '../workbench/chromium.ts';
import { webWorkbenchFolder } from '../workbench/install.ts';
import type { Stage, StageResult } from './stage.ts';

type Say = (text: string) => void;

/** Pure code, straight from the sources. */
export const unit: Stage = mochaStage({ name: 'unit', pattern: 'test/unit/**/*.test.ts', timeout: 20_000 });

/** What speaks over a socket or runs processes. */
export const socket: Stage = mochaStage({ name: 'socket', pattern: 'test/socket/**/*.test.ts', timeout: 60_000 });

/** The records panel's page in Chromium. */
export function panel(say: Say): Stage {
  return mochaStage({
    name: 'panel',
    pattern: 'test/e2e/panel/**/*.test.ts',
    timeout: 60_000,
    prepare: async () => ({ CHROMIUM: await ensureChromium(say) }),
  });
}

/** As a person: the packed extension in the web workbench, driven by a browser. */
export function endToEnd(say: Say): Stage {
  return mochaStage({
    name: 'e2e',
    pattern: 'test/e2e/**/*.test.ts',
    except: 'test/e2e/panel/**',
    timeout: 180_000,
    // A person whose click VS Code did not take clicks again: what fails twice is a failure.
    retries: 1,
    async prepare() {
      await webWorkbenchFolder(say);
      const CHROMIUM = await ensureChromium(say);
      return { CHROMIUM, TEST_VSIX: (await packExtension()).file };
    },
  });
}

function mochaStage(options: {
  readonly name: string;
  readonly pattern: string;
  readonly except?: string;
  readonly timeout: number;
  readonly retries?: number;
  readonly prepare?: () => Promise<NodeJS.ProcessEnv>;
}): Stage {
  const { name, pattern, except, timeout, retries = 0, prepare } = options;
  return {
    name,
    async run(filters) {
      const found = await Array.fromAsync(glob(pattern, { cwd: root, ...(except ? { exclude: [except] } : {}) }));
      const files = found
        .map((file) => file.replaceAll('\\', '/'))
        .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
        .toSorted();
      if (files.length === 0) throw new Error(`No file matches ${pattern} ${filters.join(' ')}`);
      const env = await prepare?.();
      return runMocha(['--timeout', String(timeout), '--retries', String(retries), ...files], env ?? {});
    },
  };
}

/** Runs mocha in a process of its own and reads what our reporter left. */
async function runMocha(args: readonly string[], env: NodeJS.ProcessEnv): Promise<StageResult> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-mocha-'));
  try {
    const file = join(folder, 'results.json');
    const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const only = process.env['CI'] ? ['--forbid-only'] : [];
    const reporter = ['--reporter', join(root, 'test', 'support', 'reporter.ts')];
    const { code, output } = await run(process.execPath, [mocha, ...reporter, ...only, ...args], {
      cwd: root,
      env: { ...env, TEST_RESULTS: file, TEST_EXIT_WHEN_FAILED: '1' },
    });
    return await readResults(file, code, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the web workbench always complains of: native modules that are left unbuilt. */
const noise = /bindings file|spdlog|native-watchdog|^\s*→|^\s+at .*web-workbench|^\s+at .*node:internal/;

/**
 * The results that our reporter left in `file`. A run that ended badly without a failed test counts as a failure, with
 * what it printed.
 */
export async function readResults(file: string, code: number, output: string): Promise<StageResult> {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  const results = content === undefined ? { passed: 0, failures: [], skips: [] } : (JSON.parse(content) as StageResult);
  const complete = content !== undefined && (code === 0 || results.failures.length > 0);
  if (complete) return results;
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !noise.test(line));
  const details = `It ended with ${code}:\n${lines.slice(-60).join('\n')}`;
  return { ...results, failures: [...results.failures, { title: 'the run', details }] };
}
