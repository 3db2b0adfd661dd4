import { join } from 'node:path';
import { handlerEntryPoints } from '../../iac/entryPoints.ts';
import type { Logger } from '../../model/logger.ts';
import type { DebugRefusal } from '../../protocol/localApi.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import { bootstrapLaunch } from './bootstrapExecutable.ts';
import type { DebuggedLaunch } from './debugging.ts';
import { hasDebugpy } from './debugpy.ts';
import { PythonFinder } from './pythonFinder.ts';
import { commandOf, noCommand } from './runtimeCommands.ts';
import type { RuntimeCommands } from './runtimeCommands.ts';

/** How an environment's process is started. `variables` are the runtime's own, and nothing replaces them. */
export interface RuntimeLaunch {
  /** Of the language, for people. */
  readonly name: string;
  readonly command: string;
  /** `command` is a line for the system's shell. */
  readonly shell?: boolean;
  readonly commandArguments: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** It is a bootstrap of ours that takes its events by the pipe of its frames, not from the Runtime API. */
  readonly eventPipe?: boolean;
  /** What to do when the system can't start `command`, for people. */
  readonly remedy: string;
}

/** Why a function can't be run here and what to do, for people. */
export interface NoLaunch {
  readonly why: string;
}

/** What the runtimes of this machine are found with. */
export interface RuntimesOptions {
  /** The Node that runs handlers; may be Electron. */
  readonly nodePath: string;
  /** The Node is Electron. */
  readonly electron: boolean;
  /** The Python of the settings; empty or absent: the best one that is found. */
  readonly pythonPath?: string;
  /** How people have functions started, before all else. */
  readonly runtimeCommands?: RuntimeCommands;
  /** Holds the bootstraps. */
  readonly bootstrapDir: string;
  /** Holds what runtimes cache. */
  readonly stateDir: string;
  /** The folder of the template. */
  readonly projectDir?: string;
  /** The server's own environment. */
  readonly parent: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** Which program runs the functions of which runtime. */
export class Runtimes {
  readonly #options: RuntimesOptions;
  readonly #python: PythonFinder;

  constructor(options: RuntimesOptions) {
    this.#options = options;
    const { pythonPath = '', projectDir, parent, log } = options;
    this.#python = new PythonFinder({ configured: pythonPath, projectDir, parent, log });
  }

  /**
   * What a function's process can wait for a debugger with, or why it can't: what a command of the person's starts is
   * theirs. `debugpyDir`: a folder with debugpy in it, for a Python that has none.
   */
  async debuggerFor(definition: FunctionDefinition, debugpyDir?: string): Promise<DebuggedLaunch | DebugRefusal> {
    const { functionName, runtime, codeDir } = definition;
    if (commandOf(this.#options.runtimeCommands ?? {}, definition) !== undefined) {
      return {
        reason: 'command',
        message: `"${functionName}" is started by a command of yours: it is yours to debug.`,
      };
    }
    if (isNode(definition)) return { kind: 'node' };
    if (!isPython(definition)) {
      return { reason: 'runtime', runtime, message: `Node.js and Python functions are debugged, not "${runtime}".` };
    }
    const found = await this.#python.find(definition);
    if ('why' in found) return { reason: 'python', message: found.why };
    const python = found.command;
    if (await hasDebugpy({ python, codeDir, debugpyDir, parent: this.#options.parent })) {
      return { kind: 'python', debugpyDir };
    }
    const message =
      `debugpy is not installed for the Python that runs "${functionName}". Run: ${python} -m pip install debugpy, ` +
      'or install the extension Python Debugger (ms-python.debugpy) in VS Code.';
    return { reason: 'debugpy', python, message };
  }

  /**
   * Looked up anew for each cold start: people install what was missing. `optDir`: the merged layers. `debugged`: it
   * waits for a debugger.
   */
  async launch(
    definition: FunctionDefinition,
    { optDir, debugged }: { readonly optDir?: string | undefined; readonly debugged?: DebuggedLaunch | undefined } = {},
  ): Promise<RuntimeLaunch | NoLaunch> {
    const own = commandOf(this.#options.runtimeCommands ?? {}, definition);
    if (own !== undefined) return own;
    if (isNode(definition)) return this.#node(definition, optDir, debugged !== undefined);
    if (isPython(definition)) return this.#pythonLaunch(definition, optDir, debugged);
    if (/^provided\b/.test(definition.runtime)) return bootstrapLaunch(definition, optDir);
    return { why: noCommand(definition) };
  }

  #node(definition: FunctionDefinition, optDir: string | undefined, debugged: boolean): RuntimeLaunch {
    const { nodePath, electron, bootstrapDir } = this.#options;
    const eventPipe = process.platform !== 'win32';
    return {
      name: 'Node.js',
      command: nodePath,
      // As on Lambda: most of the function's memory is the heap's.
      commandArguments: [
        ...(debugged ? ['--inspect-wait=127.0.0.1:0'] : []),
        `--max-old-space-size=${Math.floor(definition.memorySize * 0.9)}`,
        join(bootstrapDir, 'node.mjs'),
        ...handlerEntryPoints(definition),
      ],
      variables: {
        ...(electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
        ...layersFor(optDir),
        ...(eventPipe ? { LOCAL_LAMBDA_EVENT_PIPE: '1' } : {}),
      },
      eventPipe,
      remedy: 'Set lambdaDestinations.local.nodePath to a Node.js of version 22 or later, then restart local Lambda.',
    };
  }

  async #pythonLaunch(
    definition: FunctionDefinition,
    optDir?: string,
    debugged?: DebuggedLaunch,
  ): Promise<RuntimeLaunch | NoLaunch> {
    const { bootstrapDir, stateDir, projectDir = definition.codeDir } = this.#options;
    const found = await this.#python.find(definition);
    if ('why' in found) return found;
    return {
      name: 'Python',
      command: found.command,
      // UTF-8 whatever the system's language is, as on Lambda.
      commandArguments: [
        ...['-X', 'utf8'],
        // Modules that come with Python's program are not stepped into otherwise.
        ...(debugged === undefined ? [] : ['-X', 'frozen_modules=off']),
        ...[join(bootstrapDir, 'python.py'), projectDir],
      ],
      variables: {
        // Not into people's folders.
        PYTHONPYCACHEPREFIX: join(stateDir, 'pycache'),
        ...layersFor(optDir),
        ...(debugged === undefined ? {} : { LOCAL_LAMBDA_DEBUGPY: debugged.debugpyDir ?? '' }),
      },
      remedy: 'Set lambdaDestinations.local.pythonPath to a Python that runs, then restart local Lambda.',
    };
  }
}

function isNode({ runtime }: FunctionDefinition): boolean {
  return /^nodejs\d/.test(runtime);
}

function isPython({ runtime }: FunctionDefinition): boolean {
  return /^python\d/.test(runtime);
}

/** Tells a bootstrap of ours where `/opt` is; it keeps that from the handler. */
function layersFor(optDir: string | undefined): Readonly<Record<string, string>> {
  return optDir === undefined ? {} : { LOCAL_LAMBDA_OPT: optDir };
}
