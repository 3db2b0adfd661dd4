import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** A Node.js to run local Lambda with. */
export interface NodeProgram {
  readonly command: string;
  readonly version: string;
  /** It is VS Code itself, which has to be told to be Node.js. */
  readonly isElectron: boolean;
}

/** Where Node.js is looked for; tests have their own. */
export interface NodePlaces {
  /** The setting `local.nodePath`; empty: not set. */
  readonly configured: string;
  /** Default: `node`, looked up on the PATH. */
  readonly onPath?: string;
  /** Default: the program that runs this. */
  readonly own?: NodeProgram;
}

/** The oldest with all of `node:sqlite` that local Lambda uses; 23 ended before it came there. */
const oldest = { major: 22, minor: 16, text: '22.16' } as const;

const runFile = promisify(execFile);

/**
 * The Node.js of the setting, else the user's own, else the one inside VS Code.
 * @throws UserFacingFailure `nodeMissing`, `nodeTooOld`
 */
export async function findNode(places: NodePlaces, signal?: AbortSignal): Promise<NodeProgram> {
  const { configured, onPath = 'node', own = ownNode() } = places;
  if (configured !== '') return configuredNode(configured, signal);
  const version = await versionOf(onPath, signal);
  if (version !== undefined && isNewEnough(version)) return { command: onPath, version, isElectron: false };
  if (isNewEnough(own.version)) return own;
  const found = version === undefined ? 'No Node.js was found on the PATH' : `Node.js on the PATH is ${version}`;
  throw new UserFacingFailure(
    version === undefined ? 'nodeMissing' : 'nodeTooOld',
    `Local Lambda needs Node.js ${oldest.text} or newer. ${found}, and the one inside VS Code is ${own.version}. Install a newer Node.js, or set lambdaDestinations.local.nodePath to one.`,
  );
}

async function configuredNode(command: string, signal: AbortSignal | undefined): Promise<NodeProgram> {
  const version = await versionOf(command, signal);
  if (version === undefined) {
    throw new UserFacingFailure(
      'nodeMissing',
      `The setting lambdaDestinations.local.nodePath names no Node.js that runs: "${command}". Correct it, or empty it to use the one on the PATH.`,
    );
  }
  if (!isNewEnough(version)) {
    throw new UserFacingFailure(
      'nodeTooOld',
      `Local Lambda needs Node.js ${oldest.text} or newer, and the setting lambdaDestinations.local.nodePath names ${version}: "${command}". Set it to a newer one, or empty it.`,
    );
  }
  return { command, version, isElectron: false };
}

/** `24.1.0`; `undefined` when the command does not answer like Node.js. */
async function versionOf(command: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const { stdout } = await runFile(command, ['--version'], {
      timeout: 10_000,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    return /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === oldest.major ? minor >= oldest.minor : major > oldest.major + 1;
}

function ownNode(): NodeProgram {
  const { node, electron } = process.versions as { readonly node: string; readonly electron?: string };
  return { command: process.execPath, version: node, isElectron: electron !== undefined };
}
