import type * as vscode from 'vscode';
import type { FunctionTarget } from './contract.ts';

/** What is kept for a workspace between sessions. */
interface Kept {
  readonly version: 1;
  /** Untitled payload documents, by URI, and the function each is for. */
  readonly payloadTargets: Readonly<Record<string, FunctionTarget>>;
  /** Absolute path of the folder that local Lambda served last. */
  readonly projectDir?: string;
}

const key = 'lambdaDestinations.workspace';
const empty: Kept = { version: 1, payloadTargets: {} };

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
    const kept = this.#read();
    const others = Object.entries(kept.payloadTargets).filter(([other]) => other !== uri);
    // Untitled documents come and go: a bound keeps a forgotten one from staying for ever.
    const entries = target === undefined ? others : [...others.slice(-49), [uri, target] as const];
    await this.#memento.update(key, { ...kept, payloadTargets: Object.fromEntries(entries) } satisfies Kept);
  }

  /** The folder that local Lambda served last: which one it is takes a look at the disk. */
  get projectDir(): string | undefined {
    return this.#read().projectDir;
  }

  /** Remembers the folder that local Lambda serves. */
  async setProjectDir(projectDir: string): Promise<void> {
    const kept = this.#read();
    if (kept.projectDir !== projectDir) await this.#memento.update(key, { ...kept, projectDir } satisfies Kept);
  }

  #read(): Kept {
    const value = this.#memento.get<Partial<Kept>>(key);
    return value?.version === 1 && value.payloadTargets !== undefined ? (value as Kept) : empty;
  }
}
