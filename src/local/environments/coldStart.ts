import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { FaultDecisions } from '../faults/localFaults.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import type { CommitGroup } from '../state/commitGroup.ts';
import type { AttemptLog } from './attemptLog.ts';
import { DebuggerWait } from './debuggerWait.ts';
import type { DebuggerSeat, WaitingProcess } from './debuggerWait.ts';
import { environmentVariables } from './environmentVariables.ts';
import { withoutInspectorLines } from './inspectorLines.ts';
import type { MemoryGuard } from './memoryGuard.ts';
import type { ProcessGroups } from './processGroups.ts';
import { RuntimeProcess } from './runtimeProcess.ts';
import type { RuntimeProcessOptions } from './runtimeProcess.ts';
import type { RuntimeLaunch } from './runtimes.ts';

/** What all environments share. Times in ms. */
export interface EnvironmentSettings {
  readonly logs: LogWriter;
  readonly log: Logger;
  readonly commits?: CommitGroup;
  readonly scope: AccountScope;
  readonly endpoint: () => string;
  readonly bootstrapDir: string;
  readonly groups: ProcessGroups;
  /** Absent: memory is not limited. */
  readonly memoryGuard?: MemoryGuard;
  /** The server's own environment. */
  readonly parent: Readonly<Record<string, string | undefined>>;
  /** AWS gives 10 s. */
  readonly initLimitMs: number;
  /** Faults to make; none unless said. */
  readonly faults?: Pick<FaultDecisions, 'happens' | 'slowsStart'>;
}

/** What a cold start is made with. */
export interface ColdStart {
  readonly launch: RuntimeLaunch;
  /** The merged layers, `/opt` on Lambda. */
  readonly optDir?: string | undefined;
  /** It waits for a debugger, takes all the time it needs, and ends after its attempt. */
  readonly debug?: DebuggerSeat | undefined;
  /** Of the function's env file. */
  readonly fileVariables: Readonly<Record<string, string>>;
  /** What to say about it in the function's log, a line each. */
  readonly notes: readonly string[];
}

/** The environment that starts. */
interface Starting {
  readonly definition: FunctionDefinition;
  readonly version: string;
  readonly logStreamName: string;
  /** Takes what it writes. */
  readonly log: AttemptLog;
}

/** Starts the runtime's process of an environment. */
export async function startRuntime(
  settings: EnvironmentSettings,
  coldStart: ColdStart,
  { definition, version, logStreamName, log }: Starting,
): Promise<RuntimeProcess> {
  const { bootstrapDir, scope, endpoint, groups, parent } = settings;
  const { launch, fileVariables, optDir, debug } = coldStart;
  const runtime = await RuntimeProcess.start({
    command: launch.command,
    commandArguments: launch.commandArguments,
    shell: launch.shell ?? false,
    cwd: definition.codeDir,
    eventPipe: launch.eventPipe ?? false,
    variables: (runtimeApi) =>
      environmentVariables({
        ...{ definition, version, scope, runtimeApi, logStreamName, bootstrapDir, optDir, fileVariables, parent },
        endpoint: endpoint(),
        runtimeVariables: launch.variables,
      }),
    groups,
    memory: memoryOf(settings, coldStart, definition),
    ...output(log, debug, { end: () => void runtime.kill(), timeoutMs: definition.timeout * 1_000 }),
  });
  return runtime;
}

/** What a command of the person's starts is theirs, and a debugger takes memory of its own. */
function memoryOf(
  { memoryGuard: guard }: EnvironmentSettings,
  { launch, debug }: ColdStart,
  { memorySize: limitMB }: FunctionDefinition,
): RuntimeProcessOptions['memory'] {
  return guard === undefined || launch.shell === true || debug !== undefined ? undefined : { guard, limitMB };
}

/** Output as it is logged, and what it tells of a debugger. */
function output(
  log: AttemptLog,
  debug: DebuggerSeat | undefined,
  process: WaitingProcess,
): Pick<RuntimeProcessOptions, 'onOutput' | 'onDebugger'> {
  if (debug === undefined) return { onOutput: (lines) => log.add(lines) };
  const wait = new DebuggerWait(debug, process);
  const told = wait.told.bind(wait);
  return {
    onOutput: (lines) => log.add(debug.kind === 'node' ? withoutInspectorLines(lines, told) : lines),
    onDebugger: told,
  };
}
