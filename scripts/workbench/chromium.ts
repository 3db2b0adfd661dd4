import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process.ts';

const usual: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [
    join(process.env['ProgramFiles'] ?? 'C:\\Program Files', 'Google', 'Chrome', 'Application', 'chrome.exe'),
    join(
      process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)',
      'Microsoft',
      'Edge',
      'Application',
      'msedge.exe',
    ),
  ],
};

/** What drives pages in tests: no sandbox, as CI runs as root; nothing that would leave the machine. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium: `CHROMIUM` if set, else one in a usual place. */
export async function findChromium(): Promise<string | undefined> {
  const candidates = process.env['CHROMIUM'] ? [process.env['CHROMIUM']] : (usual[process.platform] ?? []);
  for (const path of candidates) {
    if (
      await stat(path).then(
        (file) => file.isFile(),
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/**
 * As {@link findChromium}; where there is none, Debian's and Ubuntu's package is installed, if this runs as root.
 *
 * @throws Error with one line that says what to install.
 */
export async function ensureChromium(say: (text: string) => void): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  const wanted = 'No Chromium found: install Chromium or Chrome, or set CHROMIUM to the path of one.';
  if (process.env['CHROMIUM']) throw new Error(`CHROMIUM is set to ${process.env['CHROMIUM']}, which is not a file.`);
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release) || process.getuid?.() !== 0) throw new Error(wanted);

  say('Installing Chromium (apt-get install chromium) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  const { code, output } = await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  const installed = await findChromium();
  if (installed) return installed;
  throw new Error(`${wanted} (apt-get ended with ${code}: ${output.trim().split('\n').at(-1) ?? ''})`);
}
