import assert from 'node:assert/strict';
import { existsSync, watch } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { Emitter } from '../../src/model/event.ts';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { when } from '../support/when.ts';

const answers = (text: string): Uint8Array<ArrayBuffer> =>
  deploymentPackage([{ path: 'app.mjs', text: `export const handler = async () => '${text}';\n` }]);
const refused = { name: 'InvalidParameterValueException' };
const stale = { name: 'PreconditionFailedException' };

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Bundled:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, FunctionName: bundled, CodeUri: src/ }
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [app.mjs] } }
`;

describe('functions that several requests change', () => {
  let local: TestLocalLambda;
  let client: LambdaClient;

  beforeEach(async () => {
    local = await runLocalLambda({
      files: {
        'template.yaml': template,
        'src/app.mjs': "import { word } from 'pack';\nexport const handler = async () => word;\n",
        'node_modules/pack/package.json': '{"type":"module","exports":"./index.js"}',
        'node_modules/pack/index.js': "export const word = 'packed';\n",
      },
    });
    client = new LambdaClient(local.clientConfig);
  });

  afterEach(async () => {
    client.destroy();
    await local[Symbol.asyncDispose]();
  });

  const create = (change: Partial<CreateFunctionCommandInput> = {}) =>
    client.send(
      new CreateFunctionCommand({
        FunctionName: 'made',
        Runtime: 'nodejs22.x',
        Handler: 'app.handler',
        Role: 'arn:aws:iam::000000000000:role/service',
        Code: { ZipFile: answers('one') },
        ...change,
      }),
    );
  const update = (text: string, change = {}) =>
    client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: answers(text), ...change }));
  const publish = (FunctionName = 'made', change = {}) =>
    client.send(new PublishVersionCommand({ FunctionName, ...change }));
  const remove = (Qualifier?: string) =>
    client.send(new DeleteFunctionCommand({ FunctionName: 'made', ...(Qualifier === undefined ? {} : { Qualifier }) }));
  const invoke = async (FunctionName = 'made', Qualifier = '$LATEST') => {
    const { Payload } = await client.send(new InvokeCommand({ FunctionName, Qualifier }));
    return Payload?.transformToString();
  };
  /** Resolves when there are so many folders of code. */
  const foldersBecome = async (count: number): Promise<void> => {
    const dir = join(local.dataDir, 'functions');
    const changes = new Emitter<void>();
    const watcher = watch(dir, () => changes.fire());
    await when(changes.event, async () => {
      const names = await readdir(dir);
      return names.filter((name) => name !== 'package.json').length === count ? true : undefined;
    });
    watcher.close();
  };
  const outcomes = async (sent: readonly Promise<unknown>[]): Promise<readonly string[]> =>
    (await Promise.allSettled(sent)).map(({ status }) => status).toSorted();

  it('are created once, and nothing stays of the other attempt', async () => {
    assert.deepEqual(await outcomes([create(), create()]), ['fulfilled', 'rejected']);
    await foldersBecome(1);
    assert.equal(await invoke(), '"one"');
  });

  it('take one of two changes for the same revision', async () => {
    const { RevisionId } = await create();
    const sent = [update('two', { RevisionId }), update('three', { RevisionId })];
    assert.deepEqual(await outcomes(sent), ['fulfilled', 'rejected']);
    await foldersBecome(1);
  });

  it('keep no code that nothing runs, but that of versions', async () => {
    await create();
    await publish();
    for (let nth = 0; nth < 5; nth++) {
      await update(String(nth));
      assert.equal(await invoke(), `"${nth}"`);
    }
    await update('tried', { DryRun: true });
    await foldersBecome(2);
    assert.equal(await invoke('made', '1'), '"one"');
    await remove('1');
    await foldersBecome(1);
    await remove();
    await foldersBecome(0);
  });

  it('whose declaration takes the place of their code keep none of it', async () => {
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'bundled', ZipFile: answers('two') }));
    assert.equal(await invoke('bundled'), '"two"');
    await writeFile(join(local.projectDir, 'template.yaml'), template.replace('Runtime:', 'Timeout: 9, Runtime:'));
    await foldersBecome(0);
    assert.equal(await invoke('bundled'), '"packed"');
  });

  it('finish an attempt on the code that it began with', async () => {
    const late =
      "export const handler = async () => { await new Promise((go) => setTimeout(go, 700)); return (await import('./late.mjs')).word; };\n";
    const ZipFile = deploymentPackage([
      { path: 'app.mjs', text: late },
      { path: 'late.mjs', text: "export const word = 'late';\n" },
    ]);
    await create({ Code: { ZipFile } });
    const running = client.send(new InvokeCommand({ FunctionName: 'made' }));
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName: 'made' }));
    await update('two');
    assert.equal(await invoke(), '"two"');
    assert.equal((await running).Payload?.transformToString(), '"late"');
    await foldersBecome(1);
    assert.ok(!existsSync(new URL(Code?.Location ?? '')));
  });

  it('are published once for the same code, and not at all when deleted meanwhile', async () => {
    await create();
    const [first, second] = await Promise.all([publish(), publish()]);
    assert.deepEqual([first.Version, second.Version], ['1', '1']);
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'made', ReservedConcurrentExecutions: 5 }));
    assert.equal((await publish()).Version, '1', 'concurrency is no part of a version');
    await client.send(new DeleteFunctionCommand({ FunctionName: 'bundled' }));
    await assert.rejects(publish('bundled'), { name: 'ResourceNotFoundException' });
    await remove();
    await create();
    assert.equal((await publish()).Version, '2', 'numbers are not given again');
  });

  it('of the template keep their packages in a version, and run a package instead of their sources', async () => {
    await publish('bundled');
    assert.equal(await invoke('bundled', '1'), '"packed"');
    const ZipFile = deploymentPackage([
      { path: 'app.mjs', text: "export const handler = async () => 'source';\n" },
      { path: 'app.js', text: "exports.handler = async () => 'built';\n" },
    ]);
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'bundled', ZipFile }));
    assert.equal(await invoke('bundled'), '"built"');
    assert.equal(await invoke('bundled', '1'), '"packed"');
  });

  it('are checked for the revision and the code that a request names', async () => {
    await create();
    await assert.rejects(publish('made', { RevisionId: 'old' }), stale);
    await assert.rejects(publish('made', { CodeSha256: 'other' }), { ...refused, message: /different from current/ });
    await publish();
    const alias = { FunctionName: 'made', Name: 'live' };
    await assert.rejects(client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '01' })), {
      name: 'ResourceNotFoundException',
    });
    const { RevisionId } = await client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
    const change = (revision?: string) =>
      client.send(new UpdateAliasCommand({ ...alias, Description: 'd', RevisionId: revision }));
    await change(RevisionId);
    await assert.rejects(change(RevisionId), stale);
  });

  it('have 4 KB of variables, none of them Lambda’s own', async () => {
    const withVariables = (Variables: Record<string, string>) => create({ Environment: { Variables } });
    await assert.rejects(withVariables({ LONG: 'x'.repeat(4_096) }), { ...refused, message: /exceeded the 4KB limit/ });
    await assert.rejects(withVariables({ AWS_REGION: 'x' }), { ...refused, message: /reserved keys.*AWS_REGION/ });
    await assert.rejects(withVariables({ 'A=B': 'x' }), { name: 'ValidationException' });
    await withVariables({ LONG: 'x'.repeat(4_085) });
    const change = new UpdateFunctionConfigurationCommand({
      FunctionName: 'made',
      Environment: { Variables: { LONG: 'x'.repeat(4_096) } },
    });
    await assert.rejects(client.send(change), refused);
  });

  it('have names as AWS allows', async () => {
    await assert.rejects(create({ FunctionName: 'n'.repeat(65) }), { name: 'ValidationException' });
    await assert.rejects(create({ FunctionName: 'made:live' }), refused);
    await assert.rejects(create({ FunctionName: '..' }), { name: 'ValidationException' });
  });

  it('are all listed, page by page', async () => {
    for (const FunctionName of ['fn', 'fn-a', 'fn1', 'fnx']) {
      await create({ FunctionName, Code: { S3Bucket: 'b', S3Key: 'k' } });
    }
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 1, Marker }));
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    assert.deepEqual(names, ['bundled', 'fn', 'fn-a', 'fn1', 'fnx']);
    assert.equal((await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'fn' }))).Versions?.length, 1);
  });
});
