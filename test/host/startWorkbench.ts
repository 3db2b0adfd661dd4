import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../../scripts/workbench/chromium.ts';
import { webWorkbenchFolder } from '../../scripts/workbench/install.ts';
import { startServer } from '../../scripts/workbench/server.ts';

/** What to open, and how. */
export interface WorkbenchOptions {
  /** The folder to open; none gives an empty window. */
  readonly folder?: string;
  /** Installed from a packed file, as a person gets it. */
  readonly vsix?: string;
  /** Run from a checkout, as F5 does. */
  readonly extensionDevelopmentPath?: string;
  /** A module that exports `run()`: started in the extension host, see {@link Workbench.testsEnded}. */
  readonly extensionTestsPath?: string;
  /** User settings beside {@link quietSettings}. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Trust prompts as for anyone (`true`), or everything trusted (the default). */
  readonly trust?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels a CSS pixel, for pictures. */
  readonly deviceScaleFactor?: number;
  readonly colorScheme?: 'dark' | 'light';
  /** Variables of the extension host's environment, beside those of this process; `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets what the extension host's console and the server say. */
  readonly log?: (text: string) => void;
}

/** A window of VS Code in a browser. */
export interface Workbench {
  readonly page: Page;
  readonly url: string;
  /** Where the server keeps settings, logs and extensions; removed by `close`. */
  readonly dataDir: string;
  /** The exit code of `run()` of the `extensionTestsPath`; rejects if server or page end before. */
  readonly testsEnded: Promise<number>;
  /** Ends the browser, the server and all that they started. */
  close(): Promise<void>;
}

/** Settings under which nothing comes up by itself. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
};

/**
 * Opens a window of a real VS Code, in a headless Chromium, with a profile of its own. Resolves when the workbench is on
 * screen; with `extensionTestsPath` as soon as the page is loaded.
 *
 * @throws Error when there is no Chromium, or when the workbench cannot be fetched or started.
 */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { folder, extensionDevelopmentPath, extensionTestsPath, log = () => undefined } = options;
  const [workbench, executablePath] = [await webWorkbenchFolder(log), await ensureChromium(log)];
  const dataDir = await mkdtemp(join(tmpdir(), 'ld-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer().catch((error: unknown) => log(String(error)));
  };
  try {
    const server = await startServer({
      workbench,
      dataDir,
      settings: { ...quietSettings, ...options.settings },
      ...(options.vsix === undefined ? {} : { vsix: options.vsix }),
      mode: 'test',
      withoutDriver: extensionDevelopmentPath === undefined && extensionTestsPath === undefined,
      trust: options.trust ?? false,
      ...(options.env === undefined ? {} : { env: options.env }),
      log,
    });
    closers.push(() => server.close());
    const browser = await chromium.launch({ executablePath, args: [...chromiumArgs] });
    closers.push(() => browser.close());
    const page = await newPage(browser, options);

    const testsEnded = Promise.withResolvers<number>();
    testsEnded.promise.catch(() => undefined);
    server.ended.catch((error: unknown) => testsEnded.reject(error));
    page.on('crash', () => testsEnded.reject(new Error('The page of the workbench crashed.')));
    // The names the workbench calls when it was started for tests.
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
      log(`${type}: ${args.join(' ')}\n`),
    );
    await page.exposeFunction('codeAutomationExit', (code: number) => testsEnded.resolve(code));

    const remote = (path: string): string => `vscode-remote://${server.authority}${path}`;
    const payload: [string, string][] = [
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
    ];
    if (extensionDevelopmentPath) payload.push(['extensionDevelopmentPath', remote(extensionDevelopmentPath)]);
    if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
    const url = server.url(folder, payload);
    await page.goto(url);
    if (!extensionTestsPath) await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return { page, url, dataDir, testsEnded: testsEnded.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function newPage(browser: Browser, options: WorkbenchOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    deviceScaleFactor: options.deviceScaleFactor ?? 1,
    ...(options.colorScheme === undefined ? {} : { colorScheme: options.colorScheme }),
  });
  // A copy to the clipboard needs no question; the origin is the page's own.
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  return context.newPage();
}
