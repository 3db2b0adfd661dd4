import type * as vscode from 'vscode';
import type { DeliveryRole } from '../model/destination.ts';
import type { RecordSourceKind } from '../model/recordSource.ts';
import { isSameTarget, parseConnectionTarget, type ConnectionTarget } from './connectionTarget.ts';
import type { FunctionTarget } from './contract.ts';

/** What a person listens to on a connection. */
interface KeptListening {
  /** They agreed that taps are made. */
  readonly agreed: boolean;
  readonly entries: readonly {
    readonly id: string;
    readonly way: RecordSourceKind;
    readonly paused: boolean;
    readonly uses: readonly {
      readonly functionName: string;
      readonly qualifier?: string;
      readonly role: DeliveryRole;
    }[];
  }[];
}

/** What is kept for a workspace between sessions. */
interface Kept {
  readonly version: 1;
  /** Untitled payload documents, by URI, and the function each is for. */
  readonly payloadTargets: Readonly<Record<string, FunctionTarget>>;
  /** Absolute path of the folder that local Lambda served last. */
  readonly projectDir?: string;
  /** The selected connection, and those before it, newest first. Never credentials. */
  readonly connections?: readonly ConnectionTarget[];
  /** Where a person sends without being asked any more. */
  readonly sendsAllowed?: readonly string[];
  /** What is listened to, by connection and account; the one changed last at the end. */
  readonly listening?: Readonly<Record<string, KeptListening>>;
}

const key = 'lambdaDestinations.workspace';
const empty: Kept = { version: 1, payloadTargets: {} };
/** So many connections are remembered. */
const rememberedConnections = 6;

/** Typed, versioned access to the workspace's memento. What another version wrote is left behind. */
export class WorkspaceMemory {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  /** The function a payload document is for. */
  payloadTarget(uri: string): FunctionTarget | undefined {
    const { payloadTargets } = this.#read();
    return Object.hasOwn(payloadTargets, uri) ? payloadTargets[uri] : undefined;
  }

  /** Remembers which function a payload document is for; `undefined` forgets it. */
  async setPayloadTarget(uri: string, target: FunctionTarget | undefined): Promise<void> {
    const { payloadTargets } = this.#read();
    const others = Object.entries(payloadTargets).filter(([other]) => other !== uri);
    // Untitled documents come and go: a bound keeps a forgotten one from staying for ever.
    const entries = target === undefined ? others : [...others.slice(-49), [uri, target] as const];
    await this.#write({ payloadTargets: Object.fromEntries(entries) });
  }

  /** The folder that local Lambda served last: which one it is takes a look at the disk. */
  get projectDir(): string | undefined {
    return this.#read().projectDir;
  }

  /** Remembers the folder that local Lambda serves. */
  async setProjectDir(projectDir: string): Promise<void> {
    if (this.projectDir !== projectDir) await this.#write({ projectDir });
  }

  /** The connections that were selected, newest first: the first is the selected one. */
  get connections(): readonly ConnectionTarget[] {
    const { connections } = this.#read();
    const list: readonly unknown[] = Array.isArray(connections) ? connections : [];
    return list.map((each) => parseConnectionTarget(each)).filter((each) => each !== undefined);
  }

  /** Remembers the selected connection. */
  async addConnection(target: ConnectionTarget): Promise<void> {
    const others = this.connections.filter((each) => !isSameTarget(each, target));
    await this.#write({ connections: [target, ...others].slice(0, rememberedConnections) });
  }

  /** Whether a person said not to be asked any more before sends to this place. */
  sendsAllowed(place: string): boolean {
    return this.#read().sendsAllowed?.includes(place) ?? false;
  }

  /** Remembers not to ask any more before sends to this place. */
  async allowSends(place: string): Promise<void> {
    const others = (this.#read().sendsAllowed ?? []).filter((other) => other !== place);
    await this.#write({ sendsAllowed: [...others.slice(-49), place] });
  }

  /** What is listened to on a connection. */
  listening(place: string): KeptListening {
    const { listening = {} } = this.#read();
    return (Object.hasOwn(listening, place) ? listening[place] : undefined) ?? { agreed: false, entries: [] };
  }

  /** Remembers it. */
  async setListening(place: string, kept: KeptListening): Promise<void> {
    const others = Object.entries(this.#read().listening ?? {}).filter(([other]) => other !== place);
    await this.#write({ listening: Object.fromEntries([...others.slice(-19), [place, kept]]) });
  }

  async #write(change: Partial<Kept>): Promise<void> {
    await this.#memento.update(key, { ...this.#read(), ...change } satisfies Kept);
  }

  #read(): Kept {
    const value = this.#memento.get<Partial<Kept>>(key);
    return value?.version === 1 && value.payloadTargets !== undefined ? (value as Kept) : empty;
  }
}
