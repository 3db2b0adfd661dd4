import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buildAll } from '../../esbuild.mjs';
import { root } from '../root.ts';
import { ensureChromium } from '../workbench/chromium.ts';
import { webWorkbenchFolder } from '../workbench/install.ts';
import { behaviourNames, bundleSuites, withTrust } from './behaviours.ts';
import { readResults } from './mochaStages.ts';
import { sum, type Stage, type StageResult } from './stage.ts';

interface Options {
  /** A downloaded desktop VS Code in place of the web workbench. */
  readonly desktop: boolean;
  /** Which desktop VS Code: `stable`, `insiders` or a version. */
  readonly version: string | undefined;
  readonly say: (text: string) => void;
}

/** How long VS Code may take for one behaviour, start included. */
const limitMs = 240_000;

/** The suites inside VS Code: every folder of test/integration that has a workspace, each in a VS Code of its own. */
export function inVsCode({ desktop, version, say }: Options): Stage {
  return {
    name: 'vscode',
    async run(filters) {
      const all = await behaviourNames();
      const behaviours = all.filter((name) => filters.length === 0 || filters.includes(name));
      if (behaviours.length === 0) throw new Error(`No such behaviour. There are: ${all.join(', ')}.`);
      await buildAll({ production: false });
      if (!desktop) {
        // Here, so that no suite's time is spent on them.
        await webWorkbenchFolder(say);
        process.env['CHROMIUM'] = await ensureChromium(say);
      }
      const executable = desktop ? await downloadAndUnzipVSCode(version ?? 'stable') : undefined;
      const results: StageResult[] = [];
      for (const name of behaviours) {
        say(`vscode: ${name} …`);
        results.push(await runBehaviour(name, executable));
      }
      return sum(results);
    },
  };
}

async function runBehaviour(name: string, desktop: string | undefined): Promise<StageResult> {
  const suites = await bundleSuites(name);
  // Short, as VS Code puts Unix sockets into it.
  const folder = await mkdtemp(join(tmpdir(), 'ld-'));
  let output = '';
  const keep = (): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        output = (output + chunk.toString()).slice(-40_000);
        done();
      },
    });
  try {
    // Tests write into their workspace: a copy.
    const workspace = join(folder, name);
    await cp(join(root, 'test', 'integration', name, 'workspace'), workspace, { recursive: true });
    const userData = join(folder, 'user');
    await mkdir(join(userData, 'User'), { recursive: true });
    await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(settings));
    const results = join(folder, 'results.json');
    const run = runTests({
      // Always ours: it starts either VS Code, and knows about trust and time.
      vscodeExecutablePath: join(root, 'test', 'host', process.platform === 'win32' ? 'code.cmd' : 'code.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(suites, 'index.mjs'),
      launchArgs: [workspace, `--user-data-dir=${userData}`, `--extensions-dir=${join(folder, 'extensions')}`],
      extensionTestsEnv: {
        TEST_RESULTS: results,
        TEST_BEHAVIOUR: name,
        TEST_WORKSPACE_TRUST: withTrust.has(name) ? 'on' : 'off',
        TEST_DESKTOP_VSCODE: desktop,
        TEST_LIMIT_MS: String(limitMs),
      },
      stdout: keep(),
      stderr: keep(),
    });
    const code = await run.catch(() => 1);
    const { failures, skips, ...rest } = await readResults(results, code, output);
    return {
      ...rest,
      skips,
      failures: failures.map((failure) => ({ ...failure, title: `[${name}] ${failure.title}` })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Nothing may come up by itself, in either VS Code. */
const settings = {
  'workbench.startupEditor': 'none',
  'extensions.autoUpdate': false,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
};
