// Tells the server of the files that a TypeScript handler is made of outside of its code folder: a warm environment made
// from what they were is of no use any more. It watches the code folder itself.
import { realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { writeFrame } from './output.mjs';

const taskRoot = process.env.LAMBDA_TASK_ROOT ?? '';
const noted = new Set();
let roots;

/** To be called before the file is read. */
export function noteSource(file) {
  if (noted.has(file)) return;
  noted.add(file);
  roots ??= [taskRoot, realpathSync(taskRoot)].map((root) => root + sep);
  if (roots.some((root) => file.startsWith(root))) return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found) writeFrame('S', JSON.stringify([file, found.mtimeMs, found.size]));
}
