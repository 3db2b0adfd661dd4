import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import { pythonOf } from '../../support/pythons.ts';
import { skip } from '../../support/skip.ts';
import { inWorkspace, lenses, problemsIn, product, rowWhen } from '../support/product.ts';

describe('Python functions', () => {
  let api: ExtensionApi;

  before(async function () {
    const versions = ['3.13', '3.12', '3.11', '3.10', '3.9', '3.8'];
    if (versions.every((version) => pythonOf(version) === undefined)) skip(this, 'there is no Python on this machine');
    api = await product();
    await api.local.start();
  });

  it('have lenses above their handlers, which send', async () => {
    const uri = inWorkspace('src', 'shop', 'orders.py');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'python');
    await vscode.window.showTextDocument(document);
    const found = await lenses(uri);
    assert.deepEqual(found.map(({ line, title }) => `${line} ${title}`).slice(0, 2), [
      '8 $(play) Send async',
      '8 Send async with payload…',
    ]);
    const { requestId } = await api.sendAsync({ functionName: 'orders', payload: { items: [{ price: 2 }] } });
    await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
    const { invocation } = (await api.invocations.get(requestId)) ?? assert.fail('the invocation is in the store');
    assert.equal(invocation.attempts[0]?.ended?.response, '{"total": 2}');
  });

  it('open at their handler', async () => {
    await vscode.commands.executeCommand('lambdaDestinations.openHandler', { functionName: 'orders' });
    const editor = vscode.window.activeTextEditor ?? assert.fail('an editor is open');
    assert.equal(editor.document.uri.path, inWorkspace('src', 'shop', 'orders.py').path);
    assert.equal(editor.selection.active.line, 7);
  });

  it('fail with the frames of Lambda, and reach their destination', async () => {
    const { requestId } = await api.sendAsync({ functionName: 'orders', payload: { items: [{}] } });
    const row = await rowWhen(api, requestId, ({ status, delivery }) => status === 'failed' && delivery !== undefined);
    assert.equal(row.errorType, 'KeyError');
    assert.equal(row.errorMessage, "'price'");
    assert.equal(row.delivery?.arn, 'arn:aws:sqs:us-east-1:000000000000:orders-failed');
    const { invocation } = (await api.invocations.get(requestId)) ?? assert.fail('the invocation is in the store');
    const { stackTrace } = JSON.parse(invocation.attempts[0]?.ended?.response ?? '') as { stackTrace: string[] };
    assert.deepEqual(
      stackTrace.at(-1),
      '  File "/var/task/shop/orders.py", line 5, in price\n    return item["price"]\n',
    );
  });

  it('say which module is missing, and their log how to install it', async () => {
    const { requestId } = await api.sendAsync({ functionName: 'missing' });
    const row = await rowWhen(api, requestId, ({ status }) => status === 'lost');
    assert.equal(row.errorType, 'Runtime.ImportModuleError');
    assert.equal(
      row.errorMessage,
      "Unable to import module 'missing': No module named 'boto3_stubs_that_are_not_there'",
    );
    const { invocation } = (await api.invocations.get(requestId)) ?? assert.fail('the invocation is in the store');
    const logs = invocation.attempts[0]?.logs.map(({ message }) => message).join('') ?? '';
    assert.match(logs, /Run: .*python.* -m pip install boto3_stubs_that_are_not_there/);
  });

  it('that are async are named on the template', async () => {
    const problems = await problemsIn(inWorkspace('template.yaml'), /async/);
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        '“waits”: “handler” in src/waits.py is an async function, which Lambda’s Python runtime can’t run. Make it a plain one that calls asyncio.run.',
      ],
    );
  });
});
