/** An error as a runtime prints it in several lines. */
export interface PrintedError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** As the runtime's response has it (spec 6.3). */
  readonly stackTrace: readonly string[];
  /** As `LoggedError`'s. */
  readonly certain: boolean;
}

/** A message of more lines than this is not searched for the line that ends it. */
const maximumHeadLines = 100;

const traceback = '\nTraceback (most recent call last):';

/** `[ERROR] RuntimeError: message`, the word Traceback and the frames, indented with no-break spaces (spec 5.8). */
export function pythonError(message: string): PrintedError | undefined {
  const [prefix, errorType = ''] = /^\[ERROR\] ([A-Za-z_][\w.]*)(?=[:\n]|$)/.exec(message) ?? [];
  if (prefix === undefined) return undefined;
  const end = message.indexOf(traceback);
  if (end < 0 && !errorType.startsWith('Runtime.')) return undefined;
  const frames = end < 0 ? '' : message.slice(end + traceback.length);
  return {
    errorType,
    errorMessage: message
      .slice(prefix.length, end < 0 ? undefined : end)
      .replace(/^: /, '')
      .trimEnd(),
    stackTrace: pythonFrames(frames.replaceAll('\u00a0', ' ')),
    certain: true,
  };
}

/** One element a frame: its `File` line with the code below it. */
function pythonFrames(text: string): readonly string[] {
  const frames: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (line.startsWith('  File "')) frames.push(`${line}\n`);
    else if (frames.length > 0) frames.push(`${frames.pop() ?? ''}${line}\n`);
  }
  return frames;
}

/**
 * `message: java.lang.RuntimeException`, then the class once more, with the message if it has one, and the frames (Java
 * runtime interface client, `UserFault`).
 */
export function javaError(message: string): PrintedError | undefined {
  const firstFrame = message.indexOf('\n\tat ');
  if (firstFrame < 0) return undefined;
  const lines = message.slice(0, firstFrame).split('\n', maximumHeadLines);
  const last = lines.findIndex((line, index) => {
    const name = className(line);
    return name !== undefined && lines[index + 1]?.startsWith(name) === true;
  });
  const name = className(lines[last] ?? '');
  if (name === undefined) return undefined;
  const text = lines.slice(0, last + 1).join('\n');
  return {
    errorType: name,
    errorMessage: text === name ? name : text.slice(0, -name.length - 2),
    stackTrace: framesAfter(message, firstFrame, /^\tat (.+)$/),
    certain: true,
  };
}

function className(line: string): string | undefined {
  const name = line.slice(line.lastIndexOf(' ') + 1);
  const before = line.slice(0, -name.length);
  return /^[\w$]+(?:\.[\w$]+)+$/.test(name) && (before === '' || before.endsWith(': ')) ? name : undefined;
}

const dotnetHead = /^(?:\S+Z\t\S+\t(?:fail|crit|Error|Critical)\t)?([A-Z][\w`+]*(?:\.[\w`+]+)+): /;

/** `<ISO time>\t<request>\tfail\tSystem.Exception: message` and the frames. A handler that logs what it caught prints the same. */
export function dotnetError(message: string): PrintedError | undefined {
  const [head, name = ''] = dotnetHead.exec(message) ?? [];
  const firstFrame = message.indexOf('\n   at ');
  if (head === undefined || firstFrame < head.length) return undefined;
  const stackTrace = framesAfter(message, firstFrame, /^ {3}(at .+)$/);
  return {
    errorType: name.slice(name.lastIndexOf('.') + 1),
    errorMessage: message.slice(head.length, firstFrame).trimEnd(),
    stackTrace,
    certain: stackTrace.some(
      (frame) => frame.includes('Amazon.Lambda.RuntimeSupport.') || frame.includes('lambda_method'),
    ),
  };
}

function framesAfter(message: string, start: number, pattern: RegExp): readonly string[] {
  return message
    .slice(start + 1)
    .split('\n')
    .flatMap((line) => pattern.exec(line.trimEnd())?.[1] ?? []);
}
