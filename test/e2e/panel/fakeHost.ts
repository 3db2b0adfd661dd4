import { Emitter } from '../../../src/model/event.ts';
import {
  fakeConnectionId,
  fakeInvocation,
  fakeLog,
  generatedStore,
  FakeStore,
  type FakeInvocationSpec,
} from '../../support/panelFakes.ts';
import type { ConnectionState } from '../../../src/connections/connection.ts';
import type { MessagePortLike } from '../../../src/protocol/messenger.ts';
import { PanelHost } from '../../../src/views/recordsPanel/panelHost.ts';
import { resolvedError, scenario } from './scenarios.ts';

/** What a test does to the host from outside. */
export interface HarnessApi {
  /** Everything the page asked the host to do, in order. */
  readonly done: string[];
  put(id: number, spec: FakeInvocationSpec): void;
  fail(message: string | undefined): void;
  phase(phase: ConnectionState['phase'], problem?: string): void;
  reveal(id: number): void;
  pin(id: number): void;
}

declare global {
  var harness: HarnessApi;
  var acquireVsCodeApi: () => unknown;
}

// The page and the real host side in one window, with a copy of every message between them, as between processes.
const parameters = new URLSearchParams(location.search);
const start = scenario(parameters.get('scenario') ?? 'usual', Date.now());
const store = new FakeStore(start.entries);
const toHost = new Set<(message: unknown) => void>();
const hostPort: MessagePortLike = {
  post: (message) => {
    const data: unknown = structuredClone(message);
    setTimeout(() => globalThis.dispatchEvent(new MessageEvent('message', { data })), 0);
  },
  listen(listener) {
    toHost.add(listener);
    return () => toHost.delete(listener);
  },
};

const stateChanged = new Emitter<ConnectionState>();
const info = {
  id: fakeConnectionId,
  kind: 'local',
  label: 'Local Lambda',
  region: 'us-east-1',
  account: '000000000000',
  timeScale: Number(parameters.get('scale') ?? 60),
} as const;
let state: ConnectionState = {
  phase: start.phase,
  info,
  ...(start.problem === undefined ? {} : { problem: start.problem }),
};
const done: string[] = [];
const did = (what: string): Promise<void> => {
  done.push(what);
  return Promise.resolve();
};

const connection = {
  get state() {
    return state;
  },
  onDidChangeState: stateChanged.event,
  skipWait: (requestId: string) => did(`skipWait ${requestId}`),
};

const millions = generatedStore(3_000_000, (id) =>
  fakeInvocation(id, {
    functionName: 'f',
    status: 'succeeded',
    at: Date.now() - (3_000_000 - id) * 10,
    attempts: [{ ms: 9 }],
  }),
);

const host = new PanelHost(hostPort, {
  store: parameters.get('scenario') === 'millions' ? millions : store,
  connection: () => connection,
  onDidChangeConnection: new Emitter<unknown>().event,
  trusted: () => start.trusted,
  resolveError: (row, invocation) => Promise.resolve(resolvedError({ row, invocation })),
  openLocation: ({ uri, line, column }) => did(`open ${uri}:${line}:${column}`),
  openHandler: ({ functionName }) => did(`handler of ${functionName}`),
  openBody: (row, key) => did(`openBody ${row.id} ${key}`),
  copy: (text) => did(`copy ${text}`),
  runCommand: (command) => did(`run ${command}`),
  listen: (destinationArn) => did(`listen ${destinationArn}`),
  runOnRows: (command, ids) => did(`${command} ${ids.join(' ')}`),
  now: () => Date.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  log: fakeLog(),
});

globalThis.harness = {
  done,
  put: (id, spec) => store.put(fakeInvocation(id, spec)),
  fail: (message) => void (store.failure = message),
  phase(phase, problem) {
    state = { phase, info, ...(problem === undefined ? {} : { problem }) };
    stateChanged.fire(state);
  },
  reveal: (id) => host.reveal(id),
  pin: (id) => store.pin(id),
};

globalThis.acquireVsCodeApi = () => ({
  postMessage(message: unknown) {
    const copy: unknown = structuredClone(message);
    setTimeout(() => toHost.forEach((listener) => listener(copy)), 0);
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (value: unknown) => sessionStorage.setItem('state', JSON.stringify(value)),
});
