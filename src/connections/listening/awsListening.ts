import { randomUUID } from 'node:crypto';
import type { AwsClients } from '../../aws/awsClients.ts';
import { findLeftoverTaps, removeLeftoverTap, type LeftoverTap } from '../../aws/sources/leftoverTaps.ts';
import { planTap, type TapPlan } from '../../aws/sources/tapPlan.ts';
import { Emitter, type Event } from '../../model/event.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { InvocationPiece, InvocationRow } from '../../model/invocation.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSourceKind } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { InvocationStore } from '../../store/invocationStore.ts';
import type { UseClients } from '../awsFunctionSettings.ts';
import type { FunctionSummary } from '../connection.ts';
import type { DestinationUse, Listening, ListeningEntry, ListeningMemory, ListeningTarget } from './listening.ts';
import { ListeningEntries } from './listeningEntries.ts';
import { ListeningSession } from './listeningSession.ts';
import { DestinationUses, listeningTarget, logId } from './listeningTargets.ts';
import { RequestSettings } from './requestSettings.ts';

/** What people and the workspace say about listening. */
export interface ListeningOptions {
  readonly store: Pick<InvocationStore, 'ingest' | 'cursor' | 'get' | 'lease'>;
  readonly memory: ListeningMemory;
  /** The same for every start of this workspace; others' taps have another one. */
  readonly workspaceId: string;
  /** The setting: logs of requests in flight are read. */
  readLogs(): boolean;
}

/** What listening needs of its connection. */
export interface ListenedConnection {
  readonly connectionId: string;
  readonly region: string;
  /** 12 digits; `''`: not known. */
  account(): string;
  readonly use: UseClients;
  listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]>;
  eventInvokeConfigs(functionName: string, signal?: AbortSignal): Promise<readonly EventInvokeConfig[]>;
  /** What a source that uses these clients fails with. */
  broken(clients: AwsClients, code: string, problem: string): void;
  readonly log: Logger;
}

/** Functions whose configs are read to find all destinations, and how many at the same time. */
const mostFunctions = 200;
const parallel = 4;
/** Changes are told at most so often, ms. */
const tellEvery = 200;

/** Joins the record sources of a connection by the AWS API with the store, and remembers what a person listens to. */
export class AwsListening implements Listening {
  readonly #options: ListeningOptions;
  readonly #connection: ListenedConnection;
  readonly #settings: RequestSettings;
  readonly #uses = new DestinationUses();
  readonly #changes: Emitter<void>;
  /** Of this window, for leases. */
  readonly #holder = randomUUID();
  readonly #entries: ListeningEntries;
  readonly #sink: PieceSink;
  #session: ListeningSession | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(options: ListeningOptions, connection: ListenedConnection) {
    this.#options = options;
    this.#connection = connection;
    this.#settings = new RequestSettings(connection.use, Date.now);
    this.#changes = new Emitter((error) => connection.log.error(`a listener failed: ${String(error)}`));
    const { store, memory } = options;
    const { connectionId, log } = connection;
    this.#entries = new ListeningEntries({
      memory,
      place: () => `${connectionId}/${connection.account()}`,
      session: () => this.#session,
      changed: () => this.#changed(),
      log,
    });
    this.#sink = {
      ingest: async (pieces, cursor) => {
        const ids = await store.ingest(connectionId, pieces, cursor);
        // They are stored, whatever comes now.
        await this.#endWatched(pieces, ids).catch((error: unknown) => log.debug(`listening: ${String(error)}`));
      },
      cursor: (stream) => store.cursor(connectionId, stream),
    };
  }

  get onDidChange(): Event<void> {
    return this.#changes.event;
  }

  get entries(): readonly ListeningEntry[] {
    return this.#entries.all;
  }

  get readsLogs(): boolean {
    return this.#options.readLogs();
  }

  get logsProblem(): string | undefined {
    return this.#session?.inFlight.problems[0]?.problem;
  }

  get agreed(): boolean {
    return this.#entries.agreed;
  }

  /** The connection has these clients from now on: what was listened to is listened to again. */
  attach(clients: AwsClients): void {
    const { store, workspaceId } = this.#options;
    const { connectionId, log } = this.#connection;
    const session = new ListeningSession({
      clients,
      owner: this.#owner(workspaceId),
      sink: this.#sink,
      log,
      now: Date.now,
      lease: (name, ttlMs) => store.lease(`listening ${connectionId} ${name}`, this.#holder, ttlMs),
      changed: () => this.#changed(),
    });
    this.#session = session;
    this.#entries.restore(session).catch((error: unknown) => log.warn(`listening: ${String(error)}`));
  }

  /** The clients go. `clean`: they still work, and what was made is removed as far as there is time. */
  async detach(clients: AwsClients, clean: boolean): Promise<void> {
    const session = this.#session;
    if (session?.clients !== clients) return;
    this.#session = undefined;
    this.#settings.forget();
    await session.end(clean);
    this.#changed();
  }

  dispose(): void {
    clearTimeout(this.#telling);
    this.#changes.dispose();
  }

  /** What was just read of the connection tells who delivers where. */
  learnFunctions(functions: readonly FunctionSummary[]): void {
    this.#uses.learnFunctions(functions);
  }

  learnConfigs(functionName: string, configs: readonly EventInvokeConfig[]): void {
    this.#uses.learnConfigs(functionName, configs);
  }

  /** Settings of functions were changed. */
  settingsChanged(): void {
    this.#settings.forget();
  }

  /** Lambda accepted an event: its logs are followed, and the settings that it is under are written down. `at`: before the send, epoch ms. */
  async sent(functionName: string, qualifier: string | undefined, requestId: string, at: number): Promise<void> {
    const { store, readLogs } = this.#options;
    const { connectionId, log } = this.#connection;
    this.#session?.look();
    if (!readLogs()) return;
    this.#session?.inFlight.watch(functionName, [requestId], at);
    try {
      const settings = await this.#settings.of(functionName, qualifier);
      await store.ingest(connectionId, [{ kind: 'settings', requestId, at: Date.now(), ...settings }]);
    } catch (error) {
      // AWS's defaults are taken for it then.
      log.debug(`settings of ${functionName}: ${String(error)}`);
    }
  }

  watch(rows: readonly InvocationRow[]): void {
    const { inFlight } = this.#session ?? {};
    if (!inFlight || !this.#options.readLogs()) return;
    const open = rows.filter(
      ({ status, requestId, connectionId, functionName }) =>
        (status === 'queued' || status === 'running' || status === 'waiting') &&
        connectionId === this.#connection.connectionId &&
        functionName !== '' &&
        requestId !== undefined &&
        !inFlight.isWatched(requestId),
    );
    // Each by itself: one that is too old to be tried any more is passed over, and the others are not.
    for (const { functionName, requestId, startedAt } of open) {
      if (requestId !== undefined) inFlight.watch(functionName, [requestId], startedAt);
    }
  }

  target(id: string): ListeningTarget {
    return listeningTarget(id, this.#usesOf(id));
  }

  async targets(signal?: AbortSignal): Promise<readonly ListeningTarget[]> {
    const functions = await this.#connection.listFunctions(signal);
    const names = functions.slice(0, mostFunctions).map(({ functionName }) => functionName);
    const rest = names.values();
    const readAll = async (): Promise<void> => {
      for (const name of rest) {
        signal?.throwIfAborted();
        try {
          await this.#connection.eventInvokeConfigs(name, signal);
        } catch (error) {
          if (!UserFacingFailure.is(error)) throw error;
          // The others are worth offering without it.
          this.#connection.log.debug(`destinations of ${name}: ${error.message}`);
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, readAll));
    const ids = new Set([...this.entries.map(({ id }) => id), ...this.#uses.destinations, ...names.map(logId)]);
    return [...ids].map((id) => this.target(id)).filter(({ ways }) => ways.length > 0);
  }

  async plan(ids: readonly string[], signal?: AbortSignal): Promise<TapPlan> {
    await this.#started(signal);
    const { region, account } = this.#connection;
    const plan = planTap(ids, { owner: this.#owner(this.#options.workspaceId), region, account: account() });
    this.#entries.plannedName = plan.name;
    return plan;
  }

  async agree(): Promise<void> {
    await this.#entries.agree();
  }

  async start(id: string, way: RecordSourceKind, signal?: AbortSignal): Promise<void> {
    const session = await this.#started(signal);
    if (!this.target(id).ways.includes(way)) {
      throw new UserFacingFailure('invalidParameter', `Could not listen to ${id}: it can't be read by "${way}".`);
    }
    if (way === 'tap' && !this.agreed) throw consentNeeded();
    await this.#entries.start(session, { id, way, uses: this.#usesOf(id) }, signal);
  }

  pause(id: string): Promise<void> {
    return this.#entries.pause(id);
  }

  stop(id: string): Promise<void> {
    return this.#entries.stop(id);
  }

  async leftovers(signal: AbortSignal = new AbortController().signal): Promise<readonly LeftoverTap[]> {
    const { clients } = await this.#started(signal);
    // What is being made now is in use.
    await this.#entries.settled();
    const search = { owner: this.#owner(this.#options.workspaceId), now: Date.now(), except: this.#session?.tapName };
    return findLeftoverTaps(clients, search, signal);
  }

  async removeLeftovers(
    leftovers: readonly LeftoverTap[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const { clients } = await this.#started(signal);
    const failures: UserFacingFailure[] = [];
    for (const leftover of leftovers) {
      try {
        await removeLeftoverTap(clients, leftover, signal);
      } catch (error) {
        if (!UserFacingFailure.is(error)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first) throw first;
  }

  async #started(signal: AbortSignal | undefined): Promise<ListeningSession> {
    const clients = await this.#connection.use((used) => Promise.resolve(used), signal);
    const session = this.#session;
    if (session?.clients !== clients) throw new DOMException('The connection is closed.', 'AbortError');
    return session;
  }

  /** What is known now; else what was known when it was begun. */
  #usesOf(id: string): readonly DestinationUse[] {
    const known = this.#uses.of(id);
    return known.length > 0 ? known : this.#entries.usesOf(id);
  }

  /** Rows that are over need no log any more, and their records are about to come. */
  async #endWatched(pieces: readonly InvocationPiece[], ids: readonly number[]): Promise<void> {
    const session = this.#session;
    if (!session || !pieces.some((piece) => isOf(piece, (id) => session.inFlight.isWatched(id)))) return;
    for (const id of ids.slice(0, 50)) {
      const { row } = (await this.#options.store.get(id)) ?? {};
      if (row?.requestId === undefined || !isOver(row) || !session.inFlight.isWatched(row.requestId)) continue;
      session.inFlight.ended(row.requestId);
      session.look();
    }
  }

  #owner(workspaceId: string): string {
    return `${workspaceId} ${this.#connection.connectionId}`;
  }

  #changed(): void {
    const session = this.#session;
    if (session) {
      for (const { code, problem } of session.problems) this.#connection.broken(session.clients, code, problem);
    }
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#changes.fire();
    }, tellEvery);
  }
}

function isOver({ status }: InvocationRow): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'lost';
}

function isOf(piece: InvocationPiece, watched: (requestId: string) => boolean): boolean {
  return 'requestId' in piece && watched(piece.requestId);
}

/** A tap is not made before a person agreed. */
function consentNeeded(): UserFacingFailure {
  return new UserFacingFailure(
    'consentNeeded',
    'Listening to topics and buses creates a queue in the account, and nobody agreed to that yet. Choose “Listen to Destination…” and confirm what will be created.',
  );
}
