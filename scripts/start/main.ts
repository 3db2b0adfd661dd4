// `npm start [-- --no-open] [--web]`: the packed extension in a VS Code with a throw-away profile, on the example.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packExtension } from '../package/pack.ts';
import { onSignals } from '../process.ts';
import { root } from '../root.ts';
import { openInBrowser } from './browser.ts';
import { desktopCommand, openDesktop } from './desktop.ts';
import { openWeb } from './web.ts';

const { values } = parseArgs({
  options: { open: { type: 'boolean', default: true }, web: { type: 'boolean', default: false } },
  allowNegative: true,
});
const example = join(root, 'examples', 'event-destinations');
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const profile = await mkdtemp(join(tmpdir(), 'ld-'));
const closers: (() => Promise<unknown>)[] = [() => rm(profile, { recursive: true, force: true, maxRetries: 5 })];
const close = async (): Promise<void> => {
  for (const closer of closers.splice(0).toReversed()) await closer();
};
onSignals(async () => {
  say('\nEnding …');
  await close();
}, 0);

try {
  say('Building and packing the extension …');
  const { file } = await packExtension();
  const desktop = values.web || !values.open ? undefined : await desktopCommand(profile);
  if (desktop !== undefined) {
    say(`Opening VS Code on ${example}, with a profile of its own. Close its window or press Ctrl-C to end.`);
    const window = await openDesktop({ command: desktop, profile, vsix: file, folder: example });
    closers.push(() => window.close());
    await window.closed;
  } else {
    const window = await openWeb({ profile, vsix: file, folder: example, say });
    closers.push(() => window.close());
    say(`VS Code is open on ${example}:`);
    say(`  ${window.url}`);
    say('Press Ctrl-C to end.');
    if (values.open) await openInBrowser(window.url);
    await window.ended;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await close();
}
