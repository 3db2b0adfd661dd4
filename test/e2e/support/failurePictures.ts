import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const folder = join(import.meta.dirname, '..', '..', '..', 'out', 'e2e');

/** Leaves a picture of the window in `out/e2e` when a test of the surrounding suite fails. */
export function pictureFailures(page: () => Page): void {
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state !== 'failed') return;
    await mkdir(folder, { recursive: true });
    await page().screenshot({ path: join(folder, `${test.fullTitle().replaceAll(/\W+/g, '-')}.png`) });
  });
}
