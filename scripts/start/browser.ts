import { run } from '../process.ts';

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens an address in the default browser, if there is one; if not, the printed address has to do. */
export async function openInBrowser(url: string): Promise<void> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  await run(command, [...args, url]);
}
