// Outlives the server of local Lambda, however that ends, and then kills the process groups of its execution
// environments: stopped processes would stay for ever. Its standard input is a pipe that the server holds open:
// `+GROUP` and `-GROUP` lines say which groups there are; its end says that the server is gone. The one argument is
// the server's list of process groups, which has done its duty then. Stands alone: it is copied to dist/bootstrap.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Set();

// A Ctrl-C in the server's terminal must not end the one that tidies up after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const group = Number(line.slice(1));
  if (!Number.isInteger(group) || group <= 1) continue;
  if (line.startsWith('+')) groups.add(group);
  else groups.delete(group);
}

for (const group of groups) {
  try {
    process.kill(process.platform === 'win32' ? group : -group, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
const [, , list] = process.argv;
if (list !== undefined) rmSync(list, { force: true });
