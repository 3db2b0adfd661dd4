import type { Disposable } from './disposable.ts';

/** Subscribes a listener; disposing the result ends the subscription. Same shape as `vscode.Event`, so host code passes it through. */
export type Event<T> = (listener: (value: T) => unknown, thisArg?: unknown, disposables?: Disposable[]) => Disposable;

/** Fires values to listeners, in order of subscription. A listener that throws does not stop the others; its error goes to `onError`. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError;
  }

  /** Subscribe here. */
  readonly event: Event<T> = (listener, thisArg, disposables) => {
    const bound = (value: T): unknown => listener.call(thisArg, value);
    this.#listeners.add(bound);
    const subscription = { dispose: (): void => void this.#listeners.delete(bound) };
    disposables?.push(subscription);
    return subscription;
  };

  /** Calls every listener with `value`. */
  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** Drops all listeners. */
  dispose(): void {
    this.#listeners.clear();
  }
}
