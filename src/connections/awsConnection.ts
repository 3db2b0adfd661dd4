import { createAwsClients, type AwsClients } from '../aws/awsClients.ts';
import { configuredEndpoints } from '../aws/configuredEndpoints.ts';
import { createCredentials } from '../aws/credentials.ts';
import { listEventInvokeConfigs } from '../aws/eventInvokeConfigs.ts';
import { identify, identityOf, type AwsIdentity } from '../aws/identity.ts';
import { invokeAsync } from '../aws/invokeAsync.ts';
import { listFunctions } from '../aws/listFunctions.ts';
import { partitionOf } from '../aws/regions.ts';
import { formatArn } from '../model/arn.ts';
import { Emitter } from '../model/event.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import { createFunctionSettings, type UseClients } from './awsFunctionSettings.ts';
import type { Connection, ConnectionInfo, ConnectionState, FunctionSummary, SendRequest } from './connection.ts';
import { choiceLabel, connectionId, type ConnectionChoice } from './connectionChoice.ts';
import type { FunctionSettings } from './functionSettings.ts';
import { Lifecycle } from './lifecycle.ts';
import { AwsListening, type ListeningOptions } from './listening/awsListening.ts';
import type { Listening } from './listening/listening.ts';
import { sendThroughStore } from './sendThroughStore.ts';

/** Asks the person for a line of text, shown as it is typed; `undefined`: they gave up. */
export type RequestInput = (request: {
  readonly title: string;
  readonly prompt: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}) => Promise<string | undefined>;

/** What a connection by the AWS API is made from. */
export interface AwsConnectionOptions {
  readonly choice: Extract<ConnectionChoice, { readonly kind: 'aws' | 'endpoint' }>;
  readonly store: Pick<InvocationStore, 'ingest'>;
  readonly log: Logger;
  /** For MFA codes; absent: a profile that needs one fails. */
  readonly requestInput?: RequestInput;
  /** Absent: neither logs nor records are read. */
  readonly listening?: ListeningOptions;
}

/** The connection to AWS, or to another endpoint that speaks its API; asks who it is talking to at its first use. */
export function createAwsConnection(options: AwsConnectionOptions): Connection {
  return new AwsConnection(options);
}

/** What such endpoints take where no profile was chosen. */
const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** With these nothing works any more until a person did something: credentials are had afresh then. */
const needNewCredentials = new Set([
  'accountChanged',
  'credentialsExpired',
  'credentialsInvalid',
  'credentialsMissing',
  'profileMissing',
]);

class AwsConnection implements Connection {
  readonly #options: AwsConnectionOptions;
  readonly #id: string;
  readonly #lifecycle: Lifecycle<AwsClients>;
  readonly #stateChanged: Emitter<ConnectionState>;
  readonly #functionsChanged: Emitter<void>;
  readonly #listening: AwsListening | undefined;
  #identity: AwsIdentity;
  #disposed = false;

  constructor(options: AwsConnectionOptions) {
    this.#options = options;
    const { choice, log } = options;
    this.#id = connectionId(choice, '');
    this.#identity = { account: '', partition: partitionOf(choice.region) };
    const listenerFailed = (error: unknown): void => log.error(`a listener failed: ${String(error)}`);
    this.#stateChanged = new Emitter(listenerFailed);
    this.#functionsChanged = new Emitter(listenerFailed);
    this.#lifecycle = new Lifecycle({
      launch: (signal) => this.#open(signal),
      end: (clients) => this.#close(clients, true),
      onChanged: () => this.#stateChanged.fire(this.state),
      stopReason: 'The connection was closed.',
    });
    this.#listening = options.listening && new AwsListening(options.listening, this.#listened());
  }

  get onDidChangeState(): Connection['onDidChangeState'] {
    return this.#stateChanged.event;
  }

  get onDidChangeFunctions(): Connection['onDidChangeFunctions'] {
    return this.#functionsChanged.event;
  }

  get listening(): Listening | undefined {
    return this.#listening;
  }

  get state(): ConnectionState {
    const phase = this.#lifecycle.phase;
    return {
      phase: phase.phase,
      info: this.#info(),
      ...(phase.phase === 'failed' ? { problem: phase.problem, problemCode: phase.code } : {}),
    };
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.#started(signal);
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.stop();
    this.#listening?.dispose();
    this.#stateChanged.dispose();
    this.#functionsChanged.dispose();
  }

  async listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]> {
    const functions = await this.#use((clients) => listFunctions(clients, signal), signal);
    if (this.#identity.account === '') this.#learn(identityOf(functions[0]?.functionArn));
    this.#listening?.learnFunctions(functions);
    return functions;
  }

  async eventInvokeConfigs(functionName: string, signal?: AbortSignal): Promise<readonly EventInvokeConfig[]> {
    const configs = await this.#use((clients) => listEventInvokeConfigs(clients, functionName, signal), signal);
    this.#listening?.learnConfigs(functionName, configs);
    return configs;
  }

  async settings(signal?: AbortSignal): Promise<FunctionSettings> {
    await this.#started(signal);
    return createFunctionSettings(this.#use, () => {
      this.#listening?.settingsChanged();
      this.#functionsChanged.fire();
    });
  }

  async sendAsync(
    request: SendRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly requestId: string; readonly rowId: number }> {
    const { functionName, qualifier = '$LATEST' } = request;
    const { store, log, choice } = this.#options;
    const at = Date.now();
    const sent = await sendThroughStore({ connectionId: this.#id, store, log }, request, async () => {
      const requestId = await this.#use((clients) => invokeAsync(clients, request, signal), signal);
      const resource = `function:${functionName}:${qualifier}`;
      const arn = formatArn({ ...this.#identity, service: 'lambda', region: choice.region, resource });
      return { requestId, functionArn: arn };
    });
    void this.#listening?.sent(functionName, request.qualifier, sent.requestId, at);
    return sent;
  }

  readonly #use: UseClients = async (work, signal) => {
    const clients = await this.#started(signal);
    try {
      return await work(clients);
    } catch (error) {
      if (UserFacingFailure.is(error)) this.#brokenBy(clients, error.code, error.message);
      throw error;
    }
  };

  #brokenBy(clients: AwsClients, code: string, problem: string): void {
    if (!needNewCredentials.has(code)) return;
    this.#lifecycle.lost(clients, { code, problem });
    void this.#close(clients, false);
  }

  /** `clean`: they still work. */
  async #close(clients: AwsClients, clean: boolean): Promise<void> {
    await this.#listening?.detach(clients, clean);
    await clients.dispose();
  }

  #listened(): ConstructorParameters<typeof AwsListening>[1] {
    return {
      connectionId: this.#id,
      region: this.#options.choice.region,
      account: () => this.#identity.account,
      use: this.#use,
      listFunctions: (signal) => this.listFunctions(signal),
      eventInvokeConfigs: (functionName, signal) => this.eventInvokeConfigs(functionName, signal),
      broken: (clients, code, problem) => this.#brokenBy(clients, code, problem),
      log: this.#options.log,
    };
  }

  async #started(signal: AbortSignal | undefined): Promise<AwsClients> {
    // A send whose row was just being written must not start what nobody would end.
    if (this.#disposed) throw new DOMException('The window is closing.', 'AbortError');
    return this.#lifecycle.start(signal);
  }

  async #open(signal: AbortSignal): Promise<AwsClients> {
    const { choice, log } = this.#options;
    const clients = await this.#makeClients();
    try {
      log.debug(`asking ${clients.target.endpoint} who we are`);
      // The SDK does not call credentials off: a question for an MFA code may stay open.
      this.#identity = await orAborted(identify(clients, signal), signal);
      log.info(`connected to account ${this.#identity.account || '(not told)'} in ${choice.region}`);
      this.#listening?.attach(clients);
      return clients;
    } catch (error) {
      await clients.dispose();
      throw error;
    }
  }

  async #makeClients(): Promise<AwsClients> {
    const { choice, requestInput } = this.#options;
    const { region, profile } = choice;
    const endpoint = choice.kind === 'endpoint' ? { endpoint: choice.endpoint } : {};
    if (profile === undefined) return createAwsClients({ region, ...endpoint, credentials: testCredentials });
    const endpoints = await configuredEndpoints(profile);
    const asking = new AbortController();
    const mfaCode = async (serial: string): Promise<string | undefined> =>
      requestInput?.({
        title: 'MFA code',
        prompt: `The code that ${serial} shows now, for the AWS profile "${profile || 'default'}"`,
        signal: asking.signal,
      });
    const credentials = createCredentials({ profile, mfaCode, endpoints });
    const clients = createAwsClients({ region, endpoints, ...endpoint, profile, credentials });
    const dispose = async (): Promise<void> => {
      asking.abort();
      await clients.dispose();
    };
    return { ...clients, dispose };
  }

  #learn(identity: AwsIdentity | undefined): void {
    if (!identity) return;
    this.#identity = identity;
    this.#stateChanged.fire(this.state);
  }

  #info(): ConnectionInfo {
    const { choice } = this.#options;
    return {
      id: this.#id,
      kind: choice.kind,
      label: choiceLabel(choice),
      region: choice.region,
      account: this.#identity.account,
      ...(choice.profile === undefined ? {} : { profile: choice.profile }),
      ...(choice.kind === 'endpoint' ? { endpoint: choice.endpoint } : {}),
    };
  }
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const aborted = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}
