/** The one thing a messenger needs of a webview, a page, a worker or a test: post a value, hear values. */
export interface MessagePortLike {
  post(message: unknown): void;
  /** Returns the function that stops listening. */
  listen(listener: (message: unknown) => void): () => void;
}

/** Requests by name: what goes in, what comes back. */
export type RequestMap = Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;

/** Pushes by name: what they carry. */
export type PushMap = Readonly<Record<string, unknown>>;

/** How one side answers the other's requests; the signal aborts when the asker no longer wants it or the messenger closes. */
export type RequestHandlers<R extends RequestMap> = {
  readonly [K in keyof R]: (params: R[K]['params'], signal: AbortSignal) => Promise<R[K]['result']> | R[K]['result'];
};

/** How one side takes the other's pushes. */
export type PushHandlers<P extends PushMap> = { readonly [K in keyof P]: (value: P[K]) => void };

/** A request that failed on the other side, or was cut off. `code` is `failed`, `unknownRequest`, `aborted` or `closed`. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
  }

  /** Whether `error` is a RequestError, with that code if one is given. */
  static is(error: unknown, code?: string): error is RequestError {
    return error instanceof RequestError && (code === undefined || error.code === code);
  }
}

type Wire =
  | { readonly type: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'push'; readonly name: string; readonly value: unknown };

/**
 * Requests and pushes over a message port, the same class on both sides. `Mine` are the requests this side answers,
 * `Theirs` those it asks. Closing rejects what is pending.
 */
export class Messenger<
  Mine extends RequestMap,
  Theirs extends RequestMap,
  Incoming extends PushMap,
  Outgoing extends PushMap,
> {
  readonly #port: MessagePortLike;
  readonly #requests: RequestHandlers<Mine>;
  readonly #pushes: PushHandlers<Incoming>;
  readonly #stop: () => void;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #answering = new Map<number, AbortController>();
  #nextId = 1;
  #closed = false;

  constructor(port: MessagePortLike, requests: RequestHandlers<Mine>, pushes: PushHandlers<Incoming>) {
    this.#port = port;
    this.#requests = requests;
    this.#pushes = pushes;
    this.#stop = port.listen((message) => this.#receive(message));
  }

  /** Tells the other side something; no answer. */
  push<K extends keyof Outgoing & string>(name: K, value: Outgoing[K]): void {
    if (!this.#closed) this.#port.post({ type: 'push', name, value } satisfies Wire);
  }

  /** Asks the other side. @throws RequestError when it fails, is aborted, or the messenger closes. */
  request<K extends keyof Theirs & string>(
    name: K,
    params: Theirs[K]['params'],
    signal?: AbortSignal,
  ): Promise<Theirs[K]['result']> {
    if (this.#closed) return Promise.reject(new RequestError('closed', 'The connection is closed.'));
    if (signal?.aborted) return Promise.reject(new RequestError('aborted', 'The request was cancelled.'));
    const id = this.#nextId++;
    return new Promise<Theirs[K]['result']>((resolve, reject) => {
      const onAbort = (): void => {
        this.#pending.delete(id);
        this.#port.post({ type: 'abort', id } satisfies Wire);
        reject(new RequestError('aborted', 'The request was cancelled.'));
      };
      const settle = (): void => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', onAbort);
      };
      this.#pending.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as Theirs[K]['result']);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#port.post({ type: 'request', id, name, params } satisfies Wire);
    });
  }

  /** Stops listening, rejects what is pending, aborts what is being answered. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    for (const pending of [...this.#pending.values()]) {
      pending.reject(new RequestError('closed', 'The connection is closed.'));
    }
    for (const controller of this.#answering.values()) controller.abort();
    this.#answering.clear();
  }

  #receive(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('type' in message)) return;
    const wire = message as Wire;
    switch (wire.type) {
      case 'request':
        void this.#answer(wire.id, wire.name, wire.params);
        break;
      case 'reply':
        this.#pending.get(wire.id)?.resolve(wire.result);
        break;
      case 'error':
        this.#pending.get(wire.id)?.reject(new RequestError(wire.code, wire.message));
        break;
      case 'abort':
        this.#answering.get(wire.id)?.abort();
        break;
      case 'push':
        if (Object.hasOwn(this.#pushes, wire.name)) this.#pushes[wire.name]?.(wire.value as Incoming[string]);
        break;
    }
  }

  async #answer(id: number, name: string, params: unknown): Promise<void> {
    const handler = Object.hasOwn(this.#requests, name) ? this.#requests[name] : undefined;
    if (!handler) {
      this.#port.post({
        type: 'error',
        id,
        code: 'unknownRequest',
        message: `No such request: ${name}`,
      } satisfies Wire);
      return;
    }
    const controller = new AbortController();
    this.#answering.set(id, controller);
    let answer: Wire;
    try {
      answer = { type: 'reply', id, result: await handler(params, controller.signal) };
    } catch (error) {
      answer = { type: 'error', id, code: 'failed', message: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#answering.delete(id);
    }
    if (!this.#closed && !controller.signal.aborted) this.#port.post(answer);
  }
}
