import type { StackFrame } from './nodeFrames.ts';

/**
 * The frames of a Python `stackTrace` (spec 6.3.2), innermost first as everywhere here: Python has it last. A syntax error's only
 * one reads `File "…" Line 3`.
 */
export function pythonFrames(stackTrace: readonly string[]): readonly StackFrame[] {
  return stackTrace.map(pythonFrame).toReversed();
}

function pythonFrame(element: string): StackFrame {
  const [text = ''] = element.trim().split('\n');
  const [, path, line, functionName] = /^File "(.+)",? [lL]ine (\d+)(?:, in (.+))?$/.exec(text) ?? [];
  if (path === undefined) return { text };
  return {
    text,
    path,
    line: Number(line),
    ...(functionName === undefined || functionName === '<module>' ? {} : { functionName }),
  };
}
