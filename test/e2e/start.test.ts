import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../../scripts/workbench/chromium.ts';

const root = join(import.meta.dirname, '..', '..');

/** What a person does who has nothing but the checkout. */
describe('npm start', function () {
  this.timeout(180_000);
  let child: ChildProcess;
  let address: URL;

  before(async () => {
    child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), '--no-open'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    address = await addressIn(child);
  });
  after(() => {
    // Only what a failed test left.
    child.kill('SIGTERM');
  });

  it('serves on loopback, behind a token that is in the address', async () => {
    assert.equal(address.hostname, '127.0.0.1');
    assert.match(address.searchParams.get('tkn') ?? '', /^[\da-f]{48}$/);
    // The token goes into a cookie, and out of the address.
    const response = await fetch(address, { redirect: 'manual' });
    assert.equal(response.status, 302);
    assert.match(response.headers.get('set-cookie') ?? '', /tkn=/);
    assert.equal((await fetch(new URL('/', address))).status, 403);
  });

  it('opens the example with the packed extension, in Restricted Mode as for anyone', async () => {
    assert.equal(address.searchParams.get('folder'), join(root, 'examples', 'event-destinations'));
    const browser = await chromium.launch({
      executablePath: await ensureChromium(() => undefined),
      args: [...chromiumArgs],
    });
    try {
      const page = await browser.newPage();
      await page.goto(address.href);
      await page.getByRole('button', { name: /Restricted Mode/ }).waitFor();
      await page.getByRole('tab', { name: 'Lambda Destinations' }).click();
      await page.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
    } finally {
      await browser.close();
    }
  });

  it('ends everything on Ctrl-C', async () => {
    const ended = once(child, 'exit') as Promise<[code: number | null]>;
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 0);
    await assert.rejects(fetch(address), 'nobody listens any more');
  });
});

/** The address that is printed; rejects when the process ends before. */
async function addressIn(child: ChildProcess): Promise<URL> {
  assert.ok(child.stdout);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return new URL(url);
  }
  throw new Error(`It ended without an address:\n${said.join('\n')}`);
}
