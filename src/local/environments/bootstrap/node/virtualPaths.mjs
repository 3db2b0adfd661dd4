// Paths as they are on Lambda, in what people read.
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const taskRoot = process.env.LAMBDA_TASK_ROOT;
/** The merged layers; where they lie is nobody's business. */
export const optFolder = process.env.LOCAL_LAMBDA_OPT;
delete process.env.LOCAL_LAMBDA_OPT;
const bootstrapFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const virtualPaths = new Map();
for (const [folder, known] of [
  [taskRoot, '/var/task'],
  [optFolder, '/opt'],
]) {
  for (const root of [folder, realPath(folder)]) {
    if (root === undefined || dirname(root) === root) continue;
    virtualPaths.set(pathToFileURL(root).href, `file://${known}`);
    virtualPaths.set(root, known);
  }
}
/** Every file of ours is the one that Lambda has. */
const ownFile = String.raw`[\\/](?:node[\\/])?\w+\.mjs`;
const realPaths = new RegExp(
  [
    escapeRegExp(pathToFileURL(bootstrapFolder).href) + ownFile,
    String.raw`(?<![\w./-])${escapeRegExp(bootstrapFolder)}${ownFile}`,
    ...[...virtualPaths.keys()]
      .toSorted((a, b) => b.length - a.length)
      .map((path) => (path.startsWith('file:') ? '' : String.raw`(?<![\w./-])`) + escapeRegExp(path)),
  ]
    .map((pattern) => String.raw`${pattern}(?![\w-]|\.\w)`)
    .join('|'),
  'g',
);

function escapeRegExp(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Texts for people who have to go there: their paths stay real. */
const realTexts = new Set();

/** Has a text's paths left as they are, wherever it is part of another. */
export function keepReal(text) {
  realTexts.add(text);
  realTexts.add(JSON.stringify(text).slice(1, -1)); // As it stands in a log line that holds the error as JSON.
  return text;
}

/** The real task root reads `/var/task`, that of the layers `/opt`, the files of this folder `/var/runtime/index.mjs`. */
export function virtual(text) {
  for (const real of realTexts) {
    if (text.includes(real)) return text.split(real).map(virtual).join(real);
  }
  return text.replace(
    realPaths,
    (path) =>
      virtualPaths.get(path) ?? (path.startsWith('file:') ? 'file:///var/runtime/index.mjs' : '/var/runtime/index.mjs'),
  );
}

/** A stack as lines. Below the frame of ours that called the handler there is only our own way there. */
export function stackLines(stack) {
  const lines = virtual(stack).split('\n');
  const ours = lines.findIndex((line) => /^\s+at .*\/var\/runtime\/index\.mjs:\d/.test(line));
  if (ours === -1) return lines;
  const theirs = lines.findLastIndex((line) => /^\s+at .*\/(?:var\/task|opt)\//.test(line));
  return theirs > ours ? lines : lines.slice(0, ours + 1);
}
