/** One frame of a stack, as far as the runtime's text tells. Lines and columns count from 1. */
export interface StackFrame {
  /** As the runtime wrote it, trimmed. */
  readonly text: string;
  /** `handler`; absent for code outside functions. */
  readonly functionName?: string;
  /** `/var/task/index.js`, `node:internal/…`; a `file:` URL is given as the path it names. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

const framePattern = /^\s+at /;

/**
 * The frames of a Node.js `trace`, or of an error's `stack` split into lines (spec 6.3.1). The message may have several
 * lines, even such that look like frames: they are skipped when it is given.
 */
export function nodeFrames(trace: readonly string[], message?: string): readonly StackFrame[] {
  const lines = trace.flatMap((element) => element.split('\n'));
  const messageLines = message?.split('\n') ?? [];
  const [firstOfMessage = ''] = messageLines;
  const skipped = message !== undefined && lines[0]?.endsWith(firstOfMessage) ? messageLines.length : 0;
  const frames = lines
    .slice(skipped)
    .filter((line) => framePattern.test(line))
    .map(nodeFrame);
  return [...syntaxErrorPlace(lines), ...frames];
}

/** A syntax error's stack begins with the file and its line, the line's code, and marks below it. */
function syntaxErrorPlace([first = '', , marks = '']: readonly string[]): readonly StackFrame[] {
  if (!/^(?:\/|file:|[A-Za-z]:[\\/]).*:\d+$/.test(first)) return [];
  const mark = /^\s*\^+\s*$/.test(marks) ? marks.indexOf('^') + 1 : undefined;
  return [{ text: `at ${first}`, ...placeIn(first), ...(mark === undefined ? {} : { column: mark }) }];
}

/** One line of a stack, `at …`. */
export function nodeFrame(line: string): StackFrame {
  const text = line.trim();
  const what = text.replace(/^at (?:async )?/, '');
  const open = what.endsWith(')') ? what.indexOf(' (') : -1;
  if (open < 0) return { text, ...placeIn(what) };
  const functionName = readableName(what.slice(0, open));
  return { text, ...(functionName === undefined ? {} : { functionName }), ...placeIn(what.slice(open + 2, -1)) };
}

/** `Runtime.T [as handler]` is `handler` to people, `Runtime.exports.handler` too. */
function readableName(name: string): string | undefined {
  const alias = / \[as ([^\]]+)\]$/.exec(name)?.[1];
  const readable = alias ?? name.replace(/^Runtime\.(?=[^.]+$|exports\.)/, '').replace(/^exports\./, '');
  return /(?:^|\.)<anonymous>$/.test(readable) ? undefined : readable;
}

function placeIn(location: string): Pick<StackFrame, 'path' | 'line' | 'column'> {
  // `eval at run (/var/task/a.js:1:2), <anonymous>:1:9`: where the eval is.
  const place = location.startsWith('eval at ') ? (/\(([^()]+:\d+:\d+)\)/.exec(location)?.[1] ?? '') : location;
  const [, path, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(place) ?? [];
  if (path === undefined || path === '<anonymous>') return {};
  return { path: localPath(path), line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}

function localPath(path: string): string {
  if (!path.startsWith('file://')) return path;
  const encoded = path.slice('file://'.length).replace(/^\/(?=[A-Za-z]:)/, '');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
