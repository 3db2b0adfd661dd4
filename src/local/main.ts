import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalFailedEvent } from '../protocol/localEvents.ts';

/*
 * Where `lambda-destinations` begins. Everything but the check of the Node version is behind import(): on an older Node
 * what needs `node:sqlite` can't even be loaded.
 */

/** The oldest Node whose `node:sqlite` has what is used here (`isTransaction`). */
const oldestNode = [22, 16] as const;

const here = dirname(fileURLToPath(import.meta.url));

await main();

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    const message = `Local Lambda needs Node.js ${oldestNode.join('.')} or newer, and this is ${process.versions.node}.`;
    const failed: LocalFailedEvent = { event: 'failed', code: 'nodeTooOld', message };
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(failed)}\n`);
    else process.stderr.write(`${message}\n`);
    process.exitCode = 1;
    return;
  }
  hideExperimentalWarnings();
  const { runCommandLine } = await import('./process/runCommandLine.ts');
  const code = await runCommandLine(argv, here);
  // An open standard input would keep the process; what was written goes out first.
  process.stdout.write('', () => process.exit(code));
}

/** `node:sqlite` warns that it is experimental, which is nothing to tell a person who runs this. */
function hideExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return;
    for (const listener of listeners) listener(warning);
  });
}
