import assert from 'node:assert/strict';
import type { Invocation, InvocationRow } from '../../../src/model/invocation.ts';
import type { PayloadFile } from '../../../src/workspace/payloadOrder.ts';
import { WorkspaceIndex } from '../../../src/workspace/workspaceIndex.ts';
import { readWasm } from './parser.ts';

const handlerText = 'exports.other = 1;\n\nexports.handler = async () => {};\n';

function template(...functions: readonly string[]): string {
  const resources = functions.map(
    (name) =>
      `  ${name}Fn:\n    Type: AWS::Serverless::Function\n    Properties: { FunctionName: ${name}, CodeUri: src, Handler: ${name}.handler }`,
  );
  return `Resources:\n${resources.join('\n')}\n`;
}

/** A workspace in memory that counts what is read. */
function workspace(files: Record<string, string>) {
  const read: string[] = [];
  const payloads: PayloadFile[] = Object.keys(files)
    .filter((file) => file.includes('/events/'))
    .map((file) => ({ file, label: file.replace('/w/', '') }));
  const index = new WorkspaceIndex({
    files: {
      roots: () => [{ name: 'w', path: '/w' }],
      templates: () => Promise.resolve(Object.keys(files).filter((file) => file.endsWith('template.yaml'))),
      payloads: () => Promise.resolve(payloads),
      readText: (file) => {
        read.push(file);
        return Promise.resolve(files[file]);
      },
    },
    scope: () => ({ region: 'us-east-1', account: '000000000000' }),
    readWasm,
  });
  return { index, read, files };
}

describe('the workspace index', () => {
  it('reads nothing before it is asked, and then only templates and what they name', async () => {
    const { index, read } = workspace({
      '/w/template.yaml': template('orders'),
      '/w/src/orders.js': handlerText,
      '/w/src/unrelated.js': handlerText,
    });
    assert.equal(read.length, 0);
    assert.deepEqual(await index.handlersIn('/w/src/unrelated.js', handlerText), []);
    assert.deepEqual(read, ['/w/template.yaml']);
    await index.handlerOf('orders');
    assert.ok(!read.includes('/w/src/unrelated.js'));
  });

  it('proves handlers in the text that an editor shows, saved or not', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders'), '/w/src/orders.js': '' });
    const handlers = await index.handlersIn('/w/src/orders.js', handlerText);
    assert.deepEqual(handlers, [{ functionName: 'orders', file: '/w/src/orders.js', line: 3, column: 1 }]);
    assert.deepEqual(await index.handlersIn('/w/src/orders.js', 'exports.handler = ('), []);
  });

  it('means the alias that alone has settings, as with AutoPublishAlias', async () => {
    const fn = (name: string, properties: string): string =>
      `  ${name}:\n    Type: AWS::Serverless::Function\n    Properties: { FunctionName: ${name}, CodeUri: src, Handler: orders.handler, ${properties} }`;
    const { index } = workspace({
      '/w/template.yaml': [
        'Resources:',
        fn('own', 'EventInvokeConfig: { MaximumRetryAttempts: 1 }'),
        fn('published', 'AutoPublishAlias: live, EventInvokeConfig: { MaximumRetryAttempts: 1 }'),
        fn('unset', 'AutoPublishAlias: live'),
      ].join('\n'),
      '/w/src/orders.js': handlerText,
    });
    const handlers = await index.handlersIn('/w/src/orders.js', handlerText);
    assert.deepEqual(
      handlers.map(({ functionName, qualifier }) => [functionName, qualifier]),
      [
        ['own', undefined],
        ['published', 'live'],
        ['unset', undefined],
      ],
    );
  });

  it('has no handler in a file that another one hides', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders'), '/w/src/orders.js': handlerText });
    assert.deepEqual(await index.handlersIn('/w/src/orders.mjs', 'export const handler = () => 1;'), []);
  });

  it('says where a handler is, or why that can’t be told', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders', 'ghost'), '/w/src/orders.js': handlerText });
    assert.deepEqual(await index.handlerOf('orders'), {
      found: true,
      handler: { functionName: 'orders', file: '/w/src/orders.js', line: 3, column: 1 },
    });
    const ghost = await index.handlerOf('ghost');
    assert.match(ghost.found ? '' : ghost.message, /there is no src\/ghost\.js/);
    const nobody = await index.handlerOf('nobody');
    assert.match(nobody.found ? '' : nobody.message, /No template in this workspace declares a function “nobody”/);
  });

  it('has what a template declares of a function, and its names for ARNs', async () => {
    const queue = '  Failed:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: failed }\n';
    const { index, files } = workspace({ '/w/template.yaml': template('orders') + queue });
    const declaration = await index.declarationOf('orders');
    assert.equal(declaration?.logicalId, 'ordersFn');
    assert.equal(declaration.fn.location.line, 2);
    assert.equal(declaration.logicalIdOf('arn:aws:sqs:us-east-1:000000000000:failed'), 'Failed');
    assert.equal(declaration.logicalIdOf('arn:aws:lambda:us-east-1:000000000000:function:orders'), 'ordersFn');
    assert.equal(declaration.logicalIdOf('arn:aws:sqs:us-east-1:000000000000:other'), undefined);
    assert.equal(await index.declarationOf('nobody'), undefined);
    files['/w/template.yaml'] = 'Resources: [\n';
    assert.equal((await index.declarationOf('orders'))?.logicalId, 'ordersFn', 'while it can’t be read: as it was');
  });

  it('has the problems of templates, and warns of handlers that are missing', async () => {
    const { index } = workspace({ '/w/template.yaml': template('ghost'), '/w/b/template.yaml': 'Resources: [\n' });
    const problems = await index.problems();
    assert.deepEqual(
      problems.map(({ file, line, severity }) => `${file}:${line} ${severity}`),
      ['/w/b/template.yaml:2 error', '/w/template.yaml:2 warning'],
    );
  });

  it('keeps the functions of a template while it does not parse', async () => {
    const { index, files } = workspace({ '/w/template.yaml': template('orders'), '/w/src/orders.js': handlerText });
    assert.equal((await index.handlersIn('/w/src/orders.js', handlerText)).length, 1);
    files['/w/template.yaml'] += '  broken: {';
    assert.equal((await index.handlersIn('/w/src/orders.js', handlerText)).length, 1);
    assert.equal((await index.problems()).length, 1);
    files['/w/template.yaml'] = template('other');
    assert.equal((await index.handlersIn('/w/src/orders.js', handlerText)).length, 0);
  });

  it('fires once when the first reading is done, then for changes, never before it was asked', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders') });
    let fired = 0;
    const first = new Promise<void>((resolve) => {
      index.onDidChange(() => {
        fired++;
        resolve();
      });
    });
    index.filesChanged();
    assert.equal(fired, 0);
    await Promise.all([index.problems(), index.problems(), index.handlerOf('orders')]);
    await first;
    await index.problems();
    assert.equal(fired, 1);
    index.filesChanged();
    assert.equal(fired, 2);
  });

  it('knows which files its answers depend on, those that are missing included', async () => {
    const { index } = workspace({ '/w/template.yaml': template('ghost') });
    assert.equal(index.isOfInterest('/w/src/ghost.js'), false);
    await index.problems();
    assert.ok(index.isOfInterest('/w/src/ghost.js') && index.isOfInterest('/w/template.yaml'));
    assert.equal(index.isOfInterest('/w/src/other.js'), false);
  });

  it('lists payloads, those that suit the function first', async () => {
    const { index } = workspace({
      '/w/template.yaml': template('orders'),
      ...Object.fromEntries(
        ['a', 'ordersfn', 'orders', 'orders-10', 'orders-2', 'ordersold'].map((name) => [
          `/w/events/${name}.json`,
          '{}',
        ]),
      ),
      '/w/events/orders/large.json': '{}',
    });
    const labels = (await index.payloadsFor('orders')).map(({ label }) => label.replace('events/', ''));
    assert.deepEqual(labels, [
      'orders.json',
      'ordersfn.json',
      'orders-2.json',
      'orders-10.json',
      'orders/large.json',
      'a.json',
      'ordersold.json',
    ]);
    assert.equal((await index.payloadsFor(undefined)).length, 7);
  });

  it('resolves an error by the function’s code folder', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders'), '/w/src/orders.js': handlerText });
    const response = JSON.stringify({
      errorType: 'Error',
      errorMessage: 'm',
      trace: ['Error: m', '    at Runtime.handler (/var/task/orders.js:3:1)'],
    });
    const attempts = [{ number: 1, ended: { status: 'error', response }, logs: [] }];
    const { signal } = new AbortController();
    const error = await index.resolveError(
      { functionName: 'orders' } as InvocationRow,
      { attempts, deliveries: [] } as unknown as Invocation,
      signal,
    );
    assert.equal(error?.frames[0]?.label, 'src/orders.js:3:1');
    const none = { attempts: [], deliveries: [] } as unknown as Invocation;
    assert.equal(await index.resolveError({ functionName: 'orders' } as InvocationRow, none, signal), undefined);
  });

  it('resolves an error in a layer by the folder that became it', async () => {
    const withLayer = `${template('orders').replace('orders.handler }', 'orders.handler, Layers: [!Ref Shared] }')}  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: shared }
`;
    const { index } = workspace({ '/w/template.yaml': withLayer, '/w/shared/nodejs/prices.js': 'throw 1;\n' });
    const trace = ['Error: m', '    at f (/opt/nodejs/prices.js:1:1)', '    at g (/opt/nodejs/other.js:1:1)'];
    const response = JSON.stringify({ errorType: 'Error', errorMessage: 'm', trace });
    const attempts = [{ number: 1, ended: { status: 'error', response }, logs: [] }];
    const error = await index.resolveError(
      { functionName: 'orders' } as InvocationRow,
      { attempts, deliveries: [] } as unknown as Invocation,
      new AbortController().signal,
    );
    assert.deepEqual(
      error?.frames.map(({ kind, label }) => [kind, label]),
      [
        ['own', 'shared/nodejs/prices.js:1:1'],
        ['library', undefined],
      ],
    );
  });

  it('stops when it is told to', async () => {
    const { index } = workspace({ '/w/template.yaml': template('orders') });
    await assert.rejects(index.problems(AbortSignal.abort()), { name: 'AbortError' });
    await assert.rejects(index.handlersIn('/w/src/orders.js', '', AbortSignal.abort()), { name: 'AbortError' });
  });
});
