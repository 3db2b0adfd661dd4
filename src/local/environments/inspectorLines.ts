import type { LogLine } from '../../model/invocation.ts';
import type { DebuggerTold } from './outputFrames.ts';

const LISTENING = /^Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//;
const ATTACHED = /^Debugger attached\.\s*$/;
const OTHERS =
  /^(?:For help, see: https:\/\/nodejs\.org\/\S*|Debugger ending on ws:\S*|Waiting for the debugger to disconnect\.\.\.)\s*$/;

/** Takes out what Node.js writes of its inspector: it is no output of the handler's. */
export function withoutInspectorLines(lines: readonly LogLine[], tell: (it: DebuggerTold) => void): readonly LogLine[] {
  return lines.filter(({ message }) => {
    const [, port] = LISTENING.exec(message) ?? [];
    if (port !== undefined) tell(Number(port));
    else if (ATTACHED.test(message)) tell('attached');
    else return !OTHERS.test(message);
    return false;
  });
}
