import * as vscode from 'vscode';
import type { ContextKeys } from './contract.ts';
import { setContext } from './contract.ts';

/** A context key that remembers its value, so that setting the same again costs nothing. */
export class ContextKey<K extends keyof ContextKeys> {
  readonly #key: K;
  #last: string | undefined;

  constructor(key: K) {
    this.#key = key;
  }

  /** Sets the key if the value is another one. */
  set(value: ContextKeys[K]): void {
    const text = JSON.stringify(value);
    if (text === this.#last) return;
    this.#last = text;
    void setContext(vscode, this.#key, value);
  }
}
