import { invokeAsync } from '../aws/invokeAsync.ts';
import { createAwsClients, type AwsClients } from '../aws/awsClients.ts';
import { listEventInvokeConfigs } from '../aws/eventInvokeConfigs.ts';
import { listFunctions } from '../aws/listFunctions.ts';
import { functionArn } from '../model/arn.ts';
import type { Disposable } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { clientTokenHeader, skipAllWaitsPath, skipWaitPath, type DebugRefusal } from '../protocol/localApi.ts';
import type { LocalProjectEvent, LocalReadyEvent } from '../protocol/localEvents.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import { createFunctionSettings, type UseClients } from './awsFunctionSettings.ts';
import type { FunctionSettings } from './functionSettings.ts';
import { choiceLabel, connectionId, localChoice } from './connectionChoice.ts';
import type {
  Connection,
  ConnectionInfo,
  ConnectionState,
  DebuggedFunction,
  FunctionSummary,
  SendRequest,
} from './connection.ts';
import { debugFunction } from './debugStream.ts';
import { createFaultControls, type FaultControls } from './faultControls.ts';
import { followInvocations } from './invocationStream.ts';
import type { Phase } from './lifecycle.ts';
import { LocalProcess } from './localProcess.ts';
import { localRequest } from './localRequest.ts';
import { faultSettings, startLocalServer, startsAlike, type LocalServer, type LocalSettings } from './localServer.ts';
import { sendThroughStore } from './sendThroughStore.ts';

/** What a local connection is made from. */
export interface LocalConnectionOptions {
  /** Absolute paths; both are there. */
  readonly projectDir: string;
  /** Where queued events survive restarts. */
  readonly dataDir: string;
  readonly store: Pick<InvocationStore, 'ingest' | 'cursor'>;
  readonly log: Logger;
  /** The settings as they are now: each start reads them. */
  settings(): LocalSettings;
  /** URL of local Lambda's program, `dist/local.mjs`. */
  readonly localProgram: URL;
}

/** The connection to local Lambda, which runs as a process of its own from the first use to `stop` or `dispose`. */
export function createLocalConnection(options: LocalConnectionOptions): Connection {
  return new LocalConnection(options);
}

/** What lives as long as one run of local Lambda. */
interface Session {
  readonly ready: LocalReadyEvent;
  readonly clients: AwsClients;
  readonly stream: Disposable;
}

/** What nobody checks, but every SDK signs with (the account is in the settings). */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const controlSilenceMs = 10_000;

class LocalConnection implements Connection {
  readonly #options: LocalConnectionOptions;
  readonly #process: LocalProcess;
  readonly #stateChanged: Emitter<ConnectionState>;
  readonly #functionsChanged: Emitter<void>;
  #session: Session | undefined;
  #project: LocalProjectEvent | undefined;
  #ending: Promise<void> = Promise.resolve();
  #disposed = false;
  readonly #id: string;

  constructor(options: LocalConnectionOptions) {
    this.#options = options;
    this.#id = connectionId(localChoice, options.projectDir);
    const { log } = options;
    const listenerFailed = (error: unknown): void => log.error(`a listener failed: ${String(error)}`);
    this.#stateChanged = new Emitter(listenerFailed);
    this.#functionsChanged = new Emitter(listenerFailed);
    this.#process = new LocalProcess({
      launch: (signal) => this.#launch(signal),
      onChanged: (phase) => this.#phaseChanged(phase),
    });
  }

  get onDidChangeState(): Connection['onDidChangeState'] {
    return this.#stateChanged.event;
  }

  get onDidChangeFunctions(): Connection['onDidChangeFunctions'] {
    return this.#functionsChanged.event;
  }

  get state(): ConnectionState {
    const phase = this.#process.phase;
    const problems = this.#project?.problems ?? [];
    return {
      phase: phase.phase,
      info: this.#info(),
      ...(phase.phase === 'failed' ? { problem: phase.problem, problemCode: phase.code } : {}),
      ...(problems.length > 0 ? { templateProblems: problems } : {}),
    };
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.#started(signal);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await this.#ending;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.stop();
    this.#stateChanged.dispose();
    this.#functionsChanged.dispose();
  }

  async listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]> {
    return this.#use((clients) => listFunctions(clients, signal), signal);
  }

  async eventInvokeConfigs(functionName: string, signal?: AbortSignal): Promise<readonly EventInvokeConfig[]> {
    return this.#use((clients) => listEventInvokeConfigs(clients, functionName, signal), signal);
  }

  async settings(signal?: AbortSignal): Promise<FunctionSettings> {
    await this.#started(signal);
    return createFunctionSettings(this.#use, () => this.#functionsChanged.fire());
  }

  async sendAsync(
    request: SendRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly requestId: string; readonly rowId: number }> {
    const { functionName, qualifier } = request;
    const { store, log } = this.#options;
    return sendThroughStore({ connectionId: this.#id, store, log }, request, async (clientToken) => {
      const { clients, ready } = await this.#started(signal);
      const headers = { [clientTokenHeader]: clientToken };
      const requestId = await invokeAsync(clients, { ...request, headers }, signal);
      return { requestId, functionArn: functionArn(ready, functionName, qualifier ?? '$LATEST') };
    });
  }

  async skipWait(requestId: string, signal?: AbortSignal): Promise<void> {
    const status = await this.#control(skipWaitPath(requestId), signal);
    if (status === 204) return;
    if (status === 404) {
      throw new UserFacingFailure('notWaiting', 'This invocation does not wait any more, so there is no wait to skip.');
    }
    throw skipFailed(status);
  }

  async skipAllWaits(signal?: AbortSignal): Promise<void> {
    const status = await this.#control(skipAllWaitsPath, signal);
    if (status !== 200) throw skipFailed(status);
  }

  async faults(signal?: AbortSignal): Promise<FaultControls> {
    const { ready } = await this.#started(signal);
    return createFaultControls(ready);
  }

  async faultSettingsChanged(): Promise<void> {
    const { settings, log } = this.#options;
    // One that starts now may have read the settings before: it is told again.
    const ready =
      this.#process.phase.phase === 'starting' ? (await this.#started(undefined)).ready : this.#session?.ready;
    if (ready) await createFaultControls(ready).declare(faultSettings(settings(), log));
  }

  /** A call of the local API, by its status. */
  async #control(path: string, signal: AbortSignal | undefined): Promise<number | undefined> {
    const { ready } = await this.#started(signal);
    const answer = await localRequest(ready, {
      method: 'POST',
      path,
      silenceMs: controlSilenceMs,
      ...(signal === undefined ? {} : { signal }),
    });
    answer.resume();
    return answer.statusCode;
  }

  async debug(debugged: DebuggedFunction, signal: AbortSignal): Promise<DebugRefusal | undefined> {
    const { ready } = await this.#started(signal);
    const { endpoint, controlToken } = ready;
    const { log } = this.#options;
    return debugFunction({ endpoint, controlToken, ...debugged, log }, signal);
  }

  readonly #use: UseClients = async (work, signal) => work((await this.#started(signal)).clients);

  async #started(signal: AbortSignal | undefined): Promise<Session> {
    // A send whose row was just being written must not start what nobody would end.
    if (this.#disposed) throw new DOMException('The window is closing.', 'AbortError');
    const server = await this.#process.start(signal);
    if (this.#session?.ready === server.ready) return this.#session;
    throw new UserFacingFailure(
      'exited',
      'Local Lambda ended as soon as it had started. Look into the log, then restart it.',
    );
  }

  #info(): ConnectionInfo {
    const { settings } = this.#options;
    const phase = this.#process.phase;
    const common = { id: this.#id, kind: 'local', label: choiceLabel(localChoice) } as const;
    if (phase.phase === 'ready') {
      const { endpoint, region, account, timeScale } = phase.value.ready;
      return { ...common, region, account, endpoint, timeScale };
    }
    const now = settings();
    return {
      ...common,
      region: now['local.region'],
      account: now['local.account'],
      timeScale: now['local.timeScale'],
    };
  }

  async #launch(signal: AbortSignal): Promise<LocalServer> {
    const { projectDir, dataDir, localProgram: program, log } = this.#options;
    for (;;) {
      const settings = this.#options.settings();
      const onProject = (event: LocalProjectEvent): void => this.#projectRead(event);
      const server = await startLocalServer({ program, projectDir, dataDir, settings, log, onProject }, signal);
      // A window's remote settings may come while it starts; nobody has used it yet.
      if (server.attached || startsAlike(settings, this.#options.settings())) return server;
      log.info('the settings changed while local Lambda started: it starts anew');
      await server.stop();
      signal.throwIfAborted();
    }
  }

  #phaseChanged(phase: Phase<LocalServer>): void {
    if (phase.phase === 'ready') this.#open(phase.value.ready);
    else this.#close();
    if (phase.phase === 'starting' || phase.phase === 'stopped') this.#project = undefined;
    this.#stateChanged.fire(this.state);
  }

  #open(ready: LocalReadyEvent): void {
    const { store, log } = this.#options;
    const { endpoint, region, controlToken } = ready;
    this.#session = {
      ready,
      clients: createAwsClients({ endpoint, region, credentials }),
      stream: followInvocations({
        ...{ endpoint, controlToken, connectionId: this.#id, store, log },
        onFunctionsChanged: () => this.#functionsChanged.fire(),
      }),
    };
  }

  #close(): void {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    const before = this.#ending;
    this.#ending = (async () => {
      await before;
      await session.stream.dispose();
      await session.clients.dispose();
    })();
  }

  #projectRead(event: LocalProjectEvent): void {
    // That functions are other ones comes by the stream, to every window; this is for the one that started it.
    this.#project = event;
    this.#stateChanged.fire(this.state);
  }
}

function skipFailed(status: number | undefined): UserFacingFailure {
  return new UserFacingFailure(
    'localApiFailed',
    `Local Lambda could not skip the wait: it answered ${status}. The log may say more; restart it if this goes on.`,
  );
}
