import type { StackFrame } from './stack/nodeFrames.ts';

/** Longer messages are alike if they begin so. Characters. */
const maximumShapeLength = 200;

/**
 * The first line of an error's message without what differs from time to time: ids, numbers, addresses. Errors of the same
 * type and shape, thrown at the same place, are taken for the same error.
 */
export function errorShape(message: string): string {
  const end = message.indexOf('\n');
  return message
    .slice(0, Math.min(end === -1 ? message.length : end, 4 * maximumShapeLength))
    .replaceAll(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '#')
    .replaceAll(/\b(?=[a-z]*\d)[\da-f]{7,}\b/gi, '#')
    .replaceAll(/\d+/g, '#')
    .slice(0, maximumShapeLength)
    .trim();
}

/**
 * Where the function's own code threw: the innermost frame that is no library's and no runtime's, as `path function` (lines
 * move with every deployment). Empty: there is none.
 */
export function ownFrame(frames: readonly StackFrame[]): string {
  for (const { path, functionName, line } of frames) {
    if (path === undefined || foreign.test(path)) continue;
    return `${path.replace(/^\/var\/task\//, '')} ${functionName ?? `line ${line ?? 0}`}`;
  }
  return '';
}

const foreign =
  /^node:|^internal\/|^<|\/node_modules\/|^\/var\/(?:runtime|lang)\/|^\/opt\/|\/site-packages\/|\/lib\/python/;
