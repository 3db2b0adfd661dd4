import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { helpText, parseCommandLine } from '../commandLine.ts';
import { jsonOutput, textOutput, type OutputStreams } from './output.ts';
import { runLocal } from './runLocal.ts';

/**
 * Does what a command line asks for; resolves with the exit code. `programDir` holds the program: the bundle, with
 * `bootstrap` beside it, or `src/local`.
 */
export async function runCommandLine(argv: readonly string[], programDir: string): Promise<number> {
  const streams: OutputStreams = {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  };
  const commandLine = parseCommandLine(argv, process.cwd());
  switch (commandLine.kind) {
    case 'help':
      streams.stdout(helpText);
      return 0;
    case 'version':
      streams.stdout(`${await versionAbove(programDir)}\n`);
      return 0;
    case 'wrong':
      (commandLine.json ? jsonOutput : textOutput)(streams).failed('badArgument', commandLine.message);
      return 1;
    case 'local':
      return runLocal(commandLine.args, await bootstrapDirOf(programDir), streams);
  }
}

async function bootstrapDirOf(programDir: string): Promise<string> {
  const bundled = join(programDir, 'bootstrap');
  try {
    await access(join(bundled, 'node.mjs'));
    return bundled;
  } catch {
    return join(programDir, 'environments', 'bootstrap');
  }
}

/** The package's version: from the nearest package.json above. */
async function versionAbove(programDir: string): Promise<string> {
  for (const up of ['..', '../..']) {
    try {
      const { version } = JSON.parse(await readFile(join(programDir, up, 'package.json'), 'utf8')) as {
        readonly version?: string;
      };
      if (version !== undefined) return version;
    } catch {
      // Not here.
    }
  }
  return 'unknown';
}
