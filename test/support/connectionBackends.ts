import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { createAwsConnection } from '../../src/connections/awsConnection.ts';
import type { Connection } from '../../src/connections/connection.ts';
import { createLocalConnection } from '../../src/connections/localConnection.ts';
import type { InvocationStore } from '../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../src/store/sqliteStore.ts';
import { runLocalLambda } from './localLambda.ts';
import { startMoto } from './motoServer.ts';
import { fakeLog } from './panelFakes.ts';

/** A server of the AWS API, with a connection to it and a store that the connection fills. */
export interface ConnectionBackend extends AsyncDisposable {
  readonly connection: Connection;
  readonly store: InvocationStore;
  readonly account: string;
  readonly region: string;
  /** For functions to be made with. */
  readonly role: string;
  /** For clients of the test's own; `endpoint` is known once the connection has started. */
  clientConfig(): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';

/** How each is started; `undefined`: the machine has none. */
export const connectionBackends: Readonly<Record<string, () => Promise<ConnectionBackend | undefined>>> = {
  'Local Lambda, as an endpoint': async () => {
    const local = await runLocalLambda();
    return atEndpoint(local.endpoint, '000000000000', 'arn:aws:iam::000000000000:role/r', local);
  },
  'Local Lambda, its own connection': ownConnection,
  moto: async () => {
    const moto = await startMoto();
    if (!moto) return undefined;
    const iam = new IAMClient({ endpoint: moto.endpoint, region, credentials });
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'functions', AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' }),
    );
    iam.destroy();
    return atEndpoint(moto.endpoint, '123456789012', Role?.Arn ?? '', moto);
  },
};

async function atEndpoint(
  endpoint: string,
  account: string,
  role: string,
  server: AsyncDisposable,
): Promise<ConnectionBackend> {
  const { store, folder } = await openStore();
  const connection = createAwsConnection({
    choice: { kind: 'endpoint', endpoint, region },
    store,
    log: fakeLog(),
  });
  return {
    connection,
    store,
    account,
    region,
    role,
    clientConfig: () => ({ endpoint, region, credentials }),
    async [Symbol.asyncDispose]() {
      await connection.dispose();
      await store.dispose();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ownConnection(): Promise<ConnectionBackend> {
  const { store, folder } = await openStore();
  const projectDir = join(folder, 'project');
  const dataDir = join(folder, 'data');
  await mkdir(projectDir);
  await mkdir(dataDir);
  const connection = createLocalConnection({
    projectDir,
    dataDir,
    store,
    log: fakeLog(),
    settings: () => ({
      'local.port': 0,
      'local.timeScale': 600,
      'local.region': region,
      'local.account': '000000000000',
      'local.nodePath': process.execPath,
      'local.pythonPath': '',
      'local.runtimeCommands': {},
      'local.memoryLimit': true,
      'local.faults': {},
    }),
    localProgram: new URL('../../src/local/main.ts', import.meta.url),
  });
  return {
    connection,
    store,
    account: '000000000000',
    region,
    role: 'arn:aws:iam::000000000000:role/r',
    clientConfig: () => ({ endpoint: connection.state.info.endpoint ?? '', region, credentials }),
    async [Symbol.asyncDispose]() {
      await connection.dispose();
      await store.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openStore(): Promise<{ readonly store: InvocationStore; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-connections-'));
  const workerUrl = new URL('../../src/store/storeWorker.ts', import.meta.url);
  return {
    store: await openInvocationStore({ file: join(folder, 'store.sqlite'), workerUrl, log: fakeLog() }),
    folder,
  };
}
