import * as esbuild from 'esbuild';
import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { panelCsp, panelHtml } from '../../../src/views/recordsPanel/panelHtml.ts';
import { chromiumArgs, ensureChromium } from '../../../scripts/workbench/chromium.ts';
import { themeCss, themes, type ThemeName } from './themes.ts';

/** How a page is opened. */
export interface PageOptions {
  readonly scenario?: string;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Time scale of the fake connection. */
  readonly scale?: number;
  readonly reducedMotion?: boolean;
  /** Stop the clock, so that two pictures of the same page are the same. */
  readonly still?: boolean;
}

/** The panel's page in a browser, with the real host side beside it in the page. */
export interface PanelPages {
  open(options?: PageOptions): Promise<Page>;
  /** What the pages' consoles said that they should not have: errors, warnings, policy violations. */
  readonly complaints: string[];
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** Builds the page, serves it under the policy that VS Code would be told, and starts a browser. */
export async function startPanelPages(): Promise<PanelPages> {
  const folder = await mkdtemp(join(tmpdir(), 'panel-page-'));
  await esbuild.build({
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'chrome138',
    entryPoints: { panel: 'src/webview/main.ts', host: 'test/e2e/panel/fakeHost.ts' },
    outdir: folder,
    logLevel: 'error',
  });
  const nonce = 'harness-nonce';
  const server = await serve(folder, nonce);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launch();
  const complaints: string[] = [];
  return {
    complaints,
    async open({
      scenario = 'usual',
      theme = 'dark',
      width = 1360,
      height = 720,
      scale = 60,
      reducedMotion = false,
      still = false,
    } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      });
      const page = await context.newPage();
      if (still) await page.clock.setFixedTime(new Date('2026-03-01T09:12:40Z'));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(`${origin}/?${new URLSearchParams({ scenario, theme, scale: String(scale) })}`);
      await page.locator('.row[id], .empty, .banner').first().waitFor();
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(() => undefined), args: [...chromiumArgs] });
}

async function serve(folder: string, nonce: string): Promise<Server> {
  const codicons = require.resolve('@vscode/codicons/dist/codicon.css');
  const files: Readonly<Record<string, readonly [path: string, type: string]>> = {
    '/panel.js': [join(folder, 'panel.js'), 'text/javascript'],
    '/host.js': [join(folder, 'host.js'), 'text/javascript'],
    '/panel.css': [join(folder, 'panel.css'), 'text/css'],
    '/codicon.css': [codicons, 'text/css'],
    '/codicon.ttf': [codicons.replace(/css$/, 'ttf'), 'font/ttf'],
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const origin = `http://${request.headers.host ?? ''}`;
    const theme = (url.searchParams.get('theme') ?? 'dark') as ThemeName;
    const file = files[url.pathname];
    if (file) {
      readFile(file[0]).then(
        (content) => response.writeHead(200, { 'content-type': file[1] }).end(content),
        () => response.writeHead(404).end(),
      );
    } else if (url.pathname === '/theme.css') {
      response.writeHead(200, { 'content-type': 'text/css' }).end(themeCss(theme));
    } else if (url.pathname === '/') {
      const page = panelHtml({
        nonce,
        cspSource: origin,
        script: '/panel.js',
        styles: [`/theme.css?theme=${theme}`, '/codicon.css', '/panel.css'],
      }).replace(
        '<body>',
        `<body class="${themes[theme].kind}"><script type="module" nonce="${nonce}" src="/host.js"></script>`,
      );
      // In the header, too: nothing in the page can come before it.
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': panelCsp(nonce, origin) })
        .end(page);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
