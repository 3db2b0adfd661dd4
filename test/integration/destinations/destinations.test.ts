import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { AsyncSettings } from '../../../src/host/settingsArguments.ts';
import { inWorkspace, product, rowWhen } from '../support/product.ts';

const arn = (name: string, service = 'sqs'): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;

function run<T = AsyncSettings>(command: string, args: object): Promise<T> {
  return Promise.resolve(
    vscode.commands.executeCommand<T>(`lambdaDestinations.${command}`, { confirm: false, ...args }),
  );
}

async function refused(command: string, args: object): Promise<{ code: string; message: string }> {
  try {
    await run(command, args);
  } catch (error) {
    return error as { code: string; message: string };
  }
  return assert.fail('it was done');
}

describe('destinations', () => {
  let api: ExtensionApi;

  before(async () => {
    api = await product();
  });

  /** What the view says of a function: `On failure: → x (SQS queue)`. */
  async function seen(functionName: string): Promise<string[]> {
    const rows = await api.functionsView();
    const found = rows.find(({ label }) => label === functionName) ?? assert.fail(`${functionName} is in the view`);
    return found.children.map(({ label, description }) => `${label}: ${description}`);
  }

  it('agree with the template at first', async () => {
    assert.deepEqual(await seen('orders'), [
      'On success: none',
      'On failure: → orders-failed (SQS queue)',
      'Dead-letter queue: none',
      'Retries: 1',
      'Maximum event age: 6 h (AWS default)',
    ]);
  });

  it('are added: a queue is created for it, and the next failure goes there', async () => {
    const settings = await run('addDestination', {
      functionName: 'plain',
      role: 'onFailure',
      create: { kind: 'SQS', name: 'plain-failures' },
    });
    assert.deepEqual(settings, { functionName: 'plain', onFailure: arn('plain-failures') });
    assert.equal((await seen('plain'))[1], 'On failure: → plain-failures (SQS queue) · differs from template.yaml');
    const { requestId } = await api.sendAsync({ functionName: 'plain', payload: { fail: true } });
    const row = await rowWhen(api, requestId, ({ delivery }) => delivery !== undefined);
    assert.equal(row.delivery?.arn, arn('plain-failures'));
    assert.equal(row.delivery.status, 'delivered');
  });

  it('are changed, and the rest of the config stays', async () => {
    const settings = await run('changeDestination', {
      functionName: 'orders',
      role: 'onFailure',
      destinationArn: arn('retried'),
    });
    assert.deepEqual(settings, { functionName: 'orders', onFailure: arn('retried'), maximumRetryAttempts: 1 });
    assert.deepEqual((await seen('orders')).slice(1, 4), [
      'On failure: → retried (SQS queue) · differs from template.yaml',
      'Dead-letter queue: none',
      'Retries: 1',
    ]);
  });

  it('set retries and age, say what differs, and go back to AWS’s defaults', async () => {
    const settings = await run('setRetryAndAge', {
      functionName: 'orders',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 300,
    });
    assert.equal(settings.maximumRetryAttempts, 0);
    assert.equal(settings.maximumEventAgeInSeconds, 300);
    assert.deepEqual((await seen('orders')).slice(3), [
      'Retries: 0 · differs from template.yaml',
      'Maximum event age: 5 min · differs from template.yaml',
    ]);
    await run('setRetryAndAge', { functionName: 'orders', maximumRetryAttempts: 1, maximumEventAgeInSeconds: null });
    assert.deepEqual((await seen('orders')).slice(3), ['Retries: 1', 'Maximum event age: 6 h (AWS default)']);
  });

  it('set and take away a dead-letter queue', async () => {
    const settings = await run('setDeadLetterQueue', { functionName: 'orders', destinationArn: arn('orders-failed') });
    assert.equal(settings.deadLetterTargetArn, arn('orders-failed'));
    assert.equal(
      (await seen('orders'))[2],
      'Dead-letter queue: → orders-failed (SQS queue) · differs from template.yaml',
    );
    await run('removeDestination', { functionName: 'orders', role: 'deadLetterQueue' });
    assert.equal((await seen('orders'))[2], 'Dead-letter queue: none');
  });

  it('are those of an alias where an alias is named; a dead-letter queue is the function’s', async () => {
    const lambda = async (path: string, body: object): Promise<void> => {
      const headers = {
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/json',
      };
      const url = `${api.local.endpoint ?? ''}/2015-03-31/functions/plain/${path}`;
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      assert.equal(answer.status, 201, await answer.text());
    };
    await lambda('versions', {});
    await lambda('aliases', { Name: 'live', FunctionVersion: '1' });
    const settings = await run('setRetryAndAge', { functionName: 'plain', qualifier: 'live', maximumRetryAttempts: 0 });
    assert.deepEqual(settings, { functionName: 'plain', qualifier: 'live', maximumRetryAttempts: 0 });
    const rows = await api.functionsView();
    const alias = rows.find(({ label }) => label === 'plain')?.children.at(-1);
    assert.equal(alias?.label, 'Alias live');
    assert.equal(alias.children[2]?.description, '0 · differs from template.yaml');
    const { code } = await refused('setDeadLetterQueue', {
      functionName: 'plain',
      qualifier: 'live',
      destinationArn: arn('retried'),
    });
    assert.equal(code, 'destinationRefused');
    await run('setRetryAndAge', { functionName: 'plain', qualifier: 'live', maximumRetryAttempts: null });
    assert.equal((await seen('plain')).length, 5);
  });

  it('are refused in words before anything is called, and nothing is changed', async () => {
    const before = await seen('orders');
    const itself = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
    const cases: readonly (readonly [string, object, RegExp])[] = [
      ['onFailure', { destinationArn: itself }, /can’t be its own destination/],
      ['onSuccess', { destinationArn: 'arn:aws:s3:::kept' }, /failures only/],
      ['onFailure', { destinationArn: arn('ordered.fifo') }, /FIFO/],
      ['onFailure', { destinationArn: arn('ordered.fifo', 'sns') }, /FIFO/],
      ['onFailure', { create: { kind: 'SNS', name: 'new.fifo' } }, /FIFO/],
      ['deadLetterQueue', { destinationArn: itself }, /SQS queue or an SNS topic/],
      ['onFailure', { destinationArn: 'retried' }, /not an ARN/],
    ];
    for (const [role, args, expected] of cases) {
      const { code, message } = await refused('changeDestination', { functionName: 'orders', role, ...args });
      assert.equal(code, 'destinationRefused');
      assert.match(message, expected);
    }
    const { code } = await refused('setRetryAndAge', { functionName: 'orders', maximumRetryAttempts: 3 });
    assert.equal(code, 'invalidParameter');
    assert.deepEqual(await seen('orders'), before);
  });

  it('are copied as what sets them elsewhere, with the template’s own names', async () => {
    const cli = await run<string>('copyAs', { functionName: 'orders', format: 'awsCli' });
    assert.equal(
      cli,
      'aws lambda put-function-event-invoke-config --function-name orders --maximum-retry-attempts 1 ' +
        `--destination-config "OnFailure={Destination=${arn('retried')}}" --region us-east-1 --endpoint-url ${api.local.endpoint}`,
    );
    assert.equal(await vscode.env.clipboard.readText(), cli);
    const sam = await run<string>('copyAs', { functionName: 'orders', format: 'sam' });
    assert.match(sam, /OnFailure:\n\s+Type: SQS\n\s+Destination: !GetAtt Retried\.Arn\n/);
    const cloudFormation = await run<string>('copyAs', { functionName: 'orders', format: 'cloudFormation' });
    assert.match(cloudFormation, /OrdersEventInvokeConfig:\n\s+Type: AWS::Lambda::EventInvokeConfig\n/);
    const policy = await run<string>('copyAs', { functionName: 'orders', format: 'iamPolicy' });
    assert.match(policy, /"sqs:SendMessage"/);
  });

  it('agree again when the template is changed to what is in effect', async () => {
    const uri = inWorkspace('template.yaml');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    const offset = document.getText().indexOf('!GetAtt OrdersFailed.Arn');
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + 24));
    edit.replace(uri, range, '!GetAtt Retried.Arn');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await document.save();
    assert.equal((await seen('orders'))[1], 'On failure: → retried (SQS queue)');
  });

  it('are removed, and the destination itself stays', async () => {
    const settings = await run('removeDestination', { functionName: 'plain', role: 'onFailure' });
    assert.deepEqual(settings, { functionName: 'plain' });
    for (const format of ['awsCli', 'iamPolicy', 'sam', 'cloudFormation']) {
      const { code, message } = await refused('copyAs', { functionName: 'plain', format });
      assert.equal(code, 'nothingSet');
      assert.match(message, /^Nothing was copied: plain has no settings/);
    }
    assert.equal((await seen('plain'))[1], 'On failure: none');
    const again = await run('addDestination', {
      functionName: 'plain',
      role: 'onSuccess',
      destinationArn: arn('plain-failures'),
    });
    assert.equal(again.onSuccess, arn('plain-failures'));
  });

  it('are asked for one by one when nothing is given, and nothing happens when that is dismissed', async () => {
    const state = { done: false };
    const changing = Promise.resolve(vscode.commands.executeCommand('lambdaDestinations.changeDestination')).finally(
      () => (state.done = true),
    );
    // The first question comes once the connection has answered.
    while (!state.done) await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(await changing, undefined);
  });
});
