import { join } from 'node:path';
import { webWorkbenchFolder } from '../workbench/install.ts';
import { firstLookSettings } from './settings.ts';
import { startServer, type WebServer } from '../workbench/server.ts';

interface WebOptions {
  readonly profile: string;
  readonly vsix: string;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/**
 * Starts the web workbench on loopback with the packed extension, as a person gets it: a random connection token in the
 * address, workspace trust as it is for anyone.
 */
export async function openWeb({
  profile,
  vsix,
  folder,
  say,
}: WebOptions): Promise<Pick<WebServer, 'close' | 'ended'> & { readonly url: string }> {
  const workbench = await webWorkbenchFolder(say);
  const dataDir = join(profile, 'server');
  const server = await startServer({
    workbench,
    dataDir,
    vsix,
    settings: firstLookSettings,
    mode: 'person',
    trust: true,
  });
  return { url: server.url(folder), ended: server.ended, close: () => server.close() };
}
