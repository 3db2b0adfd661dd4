import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { NoLaunch, RuntimeLaunch } from './runtimes.ts';

/** ELF's numbers of the machines that Lambda has (`e_machine`), by Node's names of them. */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const COMMAND_INSTEAD =
  'or say how it is started in lambdaDestinations.local.runtimeCommands (--runtime-command without VS Code)';

/**
 * The executable `bootstrap` of a `provided` runtime: the code folder's, else the layers' (spec 7). It is started as it
 * is, so it must be for this machine.
 */
export async function bootstrapLaunch(
  definition: FunctionDefinition,
  optDir?: string,
): Promise<RuntimeLaunch | NoLaunch> {
  for (const dir of [definition.codeDir, ...(optDir === undefined ? [] : [optDir])]) {
    const command = join(dir, 'bootstrap');
    const beginning = await beginningOf(command);
    if (beginning === undefined) continue;
    if (!fits(beginning)) {
      const here = `${process.platform} on ${process.arch}`;
      return {
        why: `"${command}" is built for another machine than this one (${here}). Build it for this one, ${COMMAND_INSTEAD}.`,
      };
    }
    return {
      name: 'The bootstrap',
      command,
      commandArguments: [],
      variables: {},
      remedy: 'Make it executable (chmod +x), and see that what its first line names is installed.',
    };
  }
  // Lambda's own words first.
  return {
    why:
      'Couldn\'t find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]. Build the executable "bootstrap" into ' +
      `${definition.codeDir} (CodeUri), ${COMMAND_INSTEAD}.`,
  };
}

/** The first bytes of a file; `undefined`: there is no such file. What can't be read is left to the system to refuse. */
async function beginningOf(path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(path);
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? Buffer.alloc(0) : undefined;
  }
}

/** Whether this system may run it: Linux programs run on Linux, on machines of their kind. */
function fits(beginning: Buffer): boolean {
  if (!beginning.subarray(0, 4).equals(Buffer.from('\u007FELF'))) return true;
  if (process.platform !== 'linux') return false;
  const machine = ELF_MACHINES[process.arch];
  return machine === undefined || beginning.length < 20 || beginning.readUInt16LE(18) === machine;
}
