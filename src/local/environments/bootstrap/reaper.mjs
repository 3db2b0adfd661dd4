// Outlives the server of local Lambda, however that ends, and then kills the process groups of its execution
// environments: stopped processes would stay for ever. Its standard input is a pipe that the server holds open:
// `+GROUP` and `-GROUP` lines say which groups there are; its end says that the server is gone. After a `+GROUP` come,
// each after a tab, variables that only the processes of that environment have: by them those are found, on Linux, that
// have left the group. The one argument is the server's list of process groups, which has done its duty in the end.
// A line on standard output says that it watches from now on. Stands alone: it is copied to dist/bootstrap.
import { readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Map();

// A Ctrl-C in the server's terminal must not end the one that tidies up after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
try {
  writeSync(1, 'ready\n');
} catch {
  // The server is gone already; what it said is in the pipe.
}

for await (const line of lines) {
  const [head, ...variables] = line.split('\t');
  const group = Number(head.slice(1));
  if (!Number.isInteger(group) || group <= 1) continue;
  if (line.startsWith('+')) {
    groups.set(group, variables);
  } else {
    killStrays([groups.get(group) ?? []]);
    groups.delete(group);
  }
}

for (const group of groups.keys()) kill(process.platform === 'win32' ? group : -group);
killStrays([...groups.values()]);
const [, , list] = process.argv;
if (list !== undefined) rmSync(list, { force: true });

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Ends the processes that have all variables of one of the environments. */
function killStrays(environments) {
  const known = environments.filter((variables) => variables.length > 0);
  if (process.platform !== 'linux' || known.length === 0) return;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const own = new Set(readFileSync(`/proc/${name}/environ`, 'utf8').split('\0'));
      if (known.some((variables) => variables.every((variable) => own.has(variable)))) kill(Number(name));
    } catch {
      // Another person's process, or gone.
    }
  }
}
