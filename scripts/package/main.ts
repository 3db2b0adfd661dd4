// `npm run package`: the .vsix, and what is in it.
import { relative } from 'node:path';
import { root } from '../root.ts';
import { packExtension } from './pack.ts';

const { file, bytes, entries } = await packExtension();
const kilobytes = (size: number): string => `${(size / 1000).toFixed(1)} kB`;
for (const { path, bytes: size } of entries) process.stdout.write(`${kilobytes(size).padStart(10)}  ${path}\n`);
process.stdout.write(`${relative(root, file)}: ${entries.length} files, ${kilobytes(bytes)}\n`);
