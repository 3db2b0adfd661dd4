import { DisposableStore } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { FaultControls } from './faultControls.ts';
import type { FunctionSettings } from './functionSettings.ts';
import type { Listening } from './listening/listening.ts';
import type { Connection, ConnectionInfo, ConnectionState, FunctionSummary, SendRequest } from './connection.ts';

/** What a lazy connection needs. */
export interface LazyConnectionOptions {
  /** What to say of the connection before it is made; asked each time. */
  info(): ConnectionInfo;
  /** Makes it. @throws UserFacingFailure when it can't be (no folder, untrusted): the next use tries again. */
  make(): Promise<Connection>;
  /** A listener to states or functions threw. */
  onListenerError?(error: unknown): void;
}

/** A connection that is made at its first use; `stopped` until then. */
export class LazyConnection implements Connection {
  readonly #options: LazyConnectionOptions;
  #subscriptions = new DisposableStore();
  readonly #stateChanged = new Emitter<ConnectionState>((error) => this.#options.onListenerError?.(error));
  readonly #functionsChanged = new Emitter<void>((error) => this.#options.onListenerError?.(error));
  readonly #listeningChanged = new Emitter<void>((error) => this.#options.onListenerError?.(error));
  #making: Promise<Connection> | undefined;
  #made: Connection | undefined;
  /** Goes up when what was made, or is being made, is let go of. */
  #generation = 0;
  #disposed = false;

  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidChangeFunctions = this.#functionsChanged.event;
  readonly onDidChangeListening = this.#listeningChanged.event;

  constructor(options: LazyConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#made?.state ?? { phase: 'stopped', info: this.#options.info() };
  }

  get listening(): Listening | undefined {
    return this.#made?.listening;
  }

  async start(signal?: AbortSignal): Promise<void> {
    await (await this.#get()).start(signal);
  }

  async stop(): Promise<void> {
    // Stopping what was never made needs no making.
    await (await this.#making?.catch(() => undefined))?.stop();
  }

  async listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]> {
    return (await this.#get()).listFunctions(signal);
  }

  async eventInvokeConfigs(functionName: string, signal?: AbortSignal): Promise<readonly EventInvokeConfig[]> {
    return (await this.#get()).eventInvokeConfigs(functionName, signal);
  }

  async settings(signal?: AbortSignal): Promise<FunctionSettings> {
    return (await this.#get()).settings(signal);
  }

  async sendAsync(
    request: SendRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly requestId: string; readonly rowId: number }> {
    return (await this.#get()).sendAsync(request, signal);
  }

  async skipWait(requestId: string, signal?: AbortSignal): Promise<void> {
    const connection = await this.#get();
    if (!connection.skipWait) throw cannotSkip();
    await connection.skipWait(requestId, signal);
  }

  async skipAllWaits(signal?: AbortSignal): Promise<void> {
    const connection = await this.#get();
    if (!connection.skipAllWaits) throw cannotSkip();
    await connection.skipAllWaits(signal);
  }

  async faults(signal?: AbortSignal): Promise<FaultControls> {
    const connection = await this.#get();
    if (!connection.faults) throw new UserFacingFailure('cannotFail', 'Only local Lambda makes faults on demand.');
    return connection.faults(signal);
  }

  async faultSettingsChanged(): Promise<void> {
    await this.#made?.faultSettingsChanged?.();
  }

  /** Only local Lambda does: who asks sees to it that it is selected. */
  async debug(...debugged: Parameters<NonNullable<Connection['debug']>>): ReturnType<NonNullable<Connection['debug']>> {
    return (await this.#get()).debug?.(...debugged);
  }

  /**
   * Another connection is meant from now on: lets go of the one that was made, if any; the next use makes another. Who
   * listens hears of it at once. Resolves when the old one has ended.
   */
  async reset(): Promise<void> {
    const making = this.#making;
    this.#generation++;
    this.#subscriptions.dispose();
    this.#subscriptions = new DisposableStore();
    this.#making = undefined;
    this.#made = undefined;
    if (!this.#disposed) {
      this.#stateChanged.fire(this.state);
      this.#functionsChanged.fire();
      this.#listeningChanged.fire();
    }
    await (await making?.catch(() => undefined))?.dispose();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.reset();
    this.#stateChanged.dispose();
    this.#functionsChanged.dispose();
    this.#listeningChanged.dispose();
  }

  #get(): Promise<Connection> {
    if (this.#disposed) return Promise.reject(new DOMException('The window is closing.', 'AbortError'));
    this.#making ??= this.#make();
    return this.#making;
  }

  async #make(): Promise<Connection> {
    const subscriptions = this.#subscriptions;
    const generation = this.#generation;
    // A turn later: by then this is what is being made, however soon it fails.
    await Promise.resolve();
    if (generation !== this.#generation) throw new DOMException('Another connection was selected.', 'AbortError');
    try {
      const connection = await this.#options.make();
      if (generation === this.#generation) this.#made = connection;
      // Of one that was let go of meanwhile, these end at once.
      subscriptions.add(connection.onDidChangeState((state) => this.#stateChanged.fire(state)));
      subscriptions.add(connection.onDidChangeFunctions(() => this.#functionsChanged.fire()));
      if (connection.listening) {
        subscriptions.add(connection.listening.onDidChange(() => this.#listeningChanged.fire()));
      }
      return connection;
    } catch (error) {
      if (generation === this.#generation) this.#making = undefined;
      throw error;
    }
  }
}

function cannotSkip(): UserFacingFailure {
  return new UserFacingFailure('cannotSkip', 'Only local Lambda can skip a wait: on AWS it lasts as long as it does.');
}
