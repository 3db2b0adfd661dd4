import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { ReplayArgs, ReplayResult } from '../../../src/host/replayArguments.ts';
import { when } from '../../support/when.ts';
import { inWorkspace, lenses, product, rowWhen } from '../support/product.ts';

const replay = async (args: ReplayArgs): Promise<ReplayResult> =>
  vscode.commands.executeCommand<ReplayResult>('lambdaDestinations.replay', args);

describe('sending', () => {
  let api: ExtensionApi;

  before(async () => {
    api = await product();
  });

  it('lists the template’s functions with what is in effect', async () => {
    const functions = await api.functions();
    assert.deepEqual(
      functions.map(({ functionName, handler }) => `${functionName} ${handler}`),
      ['orders orders.handler', 'plain plain.handler'],
    );
    assert.deepEqual(
      functions[0]?.configs.map(({ functionArn, onSuccess, onFailure }) => ({ functionArn, onSuccess, onFailure })),
      [
        {
          functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST',
          onSuccess: 'arn:aws:sns:us-east-1:000000000000:orders-done',
          onFailure: 'arn:aws:sqs:us-east-1:000000000000:orders-failed',
        },
      ],
    );
    assert.deepEqual(functions[1]?.configs, []);
  });

  it('shows them in the functions view, AWS’s defaults named as such', async () => {
    const rows = await api.functionsView();
    assert.deepEqual(rows, [
      {
        label: 'orders',
        description: 'nodejs22.x',
        children: [
          { label: 'On success', description: '→ orders-done (SNS topic)', children: [] },
          { label: 'On failure', description: '→ orders-failed (SQS queue)', children: [] },
          { label: 'Dead-letter queue', description: 'none', children: [] },
          { label: 'Retries', description: '2 (AWS default)', children: [] },
          { label: 'Maximum event age', description: '6 h (AWS default)', children: [] },
        ],
      },
      {
        label: 'plain',
        description: 'nodejs22.x',
        children: [
          { label: 'On success', description: 'none', children: [] },
          { label: 'On failure', description: 'none', children: [] },
          { label: 'Dead-letter queue', description: 'none', children: [] },
          { label: 'Retries', description: '2 (AWS default)', children: [] },
          { label: 'Maximum event age', description: '6 h (AWS default)', children: [] },
        ],
      },
    ]);
  });

  it('follows a failing event through three attempts to its record', async () => {
    const { requestId } = await api.sendAsync({ functionName: 'orders', payload: { item: 'cup', fail: true } });
    const row = await rowWhen(api, requestId, ({ status, delivery }) => status === 'failed' && delivery !== undefined);
    assert.equal(row.attempts, 3);
    assert.equal(row.condition, 'RetriesExhausted');
    assert.equal(row.errorType, 'TypeError');
    assert.equal(row.errorMessage, 'no stock for cup');
    assert.equal(row.delivery?.arn, 'arn:aws:sqs:us-east-1:000000000000:orders-failed');
    const { invocation } = (await api.invocations.get(requestId)) ?? assert.fail('the invocation is in the store');
    assert.equal(invocation.sent?.payload, '{"item":"cup","fail":true}');
    assert.match(invocation.attempts.at(-1)?.ended?.response ?? '', /\/var\/task\/orders\.js:2:/);
  });

  it('has a row for an event from the moment of sending, and tells its end', async () => {
    const { requestId } = await api.sendAsync({ functionName: 'orders', payload: '{"item":"pen"}' });
    const [row] = await api.invocations.query({ requestId });
    assert.equal(row?.functionName, 'orders');
    const ended = await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
    assert.equal(ended.attempts, 1);
  });

  it('sends by command with plain data, and opens the records panel', async () => {
    const sent = await vscode.commands.executeCommand<{ requestId: string }>('lambdaDestinations.sendAsync', {
      functionName: 'plain',
      payload: { by: 'command' },
    });
    await rowWhen(api, sent.requestId, ({ status }) => status === 'succeeded');
    const label = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(
          ({ input }) =>
            input instanceof vscode.TabInputWebview && input.viewType.endsWith('lambdaDestinations.records'),
        ),
    );
    assert.ok(label.label.length > 0);
  });

  it('sends the first saved payload by lens, then the last one again', async () => {
    const uri = inWorkspace('src', 'orders.js');
    await vscode.window.showTextDocument(uri);
    const found = await lenses(uri);
    assert.deepEqual(
      found.map(({ line, title }) => `${line} ${title}`),
      ['1 $(play) Send async', '1 Send async with payload…', '1 Destinations…'],
    );
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
    const { command } = all[0] ?? assert.fail('a lens');
    const { requestId } = await vscode.commands.executeCommand<{ requestId: string }>(
      command?.command ?? '',
      ...((command?.arguments ?? []) as unknown[]),
    );
    const sent = (await api.invocations.get(requestId))?.invocation.sent;
    assert.equal(sent?.payload, '{"item":"pen"}', 'the last payload sent to this function');
    assert.equal(sent.origin, 'orders.js, lens');
  });

  it('refuses a payload over 1 MB and one that is no JSON, and sends nothing', async () => {
    const before = (await api.invocations.query({ functionName: 'plain' })).length;
    const refused = async (payload: string): Promise<string> => {
      try {
        await api.sendAsync({ functionName: 'plain', payload });
        return 'sent';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    assert.equal(await refused(JSON.stringify('x'.repeat(1_048_576))), 'payloadTooLarge');
    assert.equal(await refused('{ "a": }'), 'invalidPayload');
    assert.equal((await api.invocations.query({ functionName: 'plain' })).length, before);
  });

  it('marks the place in a payload document that is no JSON', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'json', content: '{\n  "a": tru\n}' });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('lambdaDestinations.sendPayloadDocument', document.uri);
    const [problem] = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ source }) => source === 'Lambda Destinations');
    assert.equal(problem?.range.start.line, 1);
    assert.equal(problem.range.start.character, 7);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 1);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('copies the endpoint as the AWS CLI wants it', async () => {
    const copied = await vscode.commands.executeCommand<string>('lambdaDestinations.copyEndpoint');
    assert.equal(copied, `--endpoint-url ${api.local.endpoint}`);
  });

  it('keeps what was sent when local Lambda stops', async () => {
    const before = await api.invocations.query();
    await vscode.commands.executeCommand('lambdaDestinations.stopLocal');
    assert.equal(api.local.endpoint, undefined);
    assert.equal(api.connection.phase, 'stopped');
    assert.deepEqual(await api.invocations.query(), before);
    await api.local.start();
    assert.equal(api.connection.phase, 'ready');
  });

  it('replays invocations, each linked to the one that it repeats', async () => {
    const first = await api.sendAsync({ functionName: 'orders', payload: '{"item":"pen", "n":12345678901234567890}' });
    const second = await api.sendAsync({ functionName: 'plain', payload: { n: 2 } });
    const requestIds = [first.requestId, second.requestId];
    const dry = await replay({ requestIds, dryRun: true });
    assert.deepEqual(
      dry.left.map(({ functionName, payload, replayOf }) => [functionName, payload, replayOf]),
      [
        ['orders', '{"item":"pen", "n":12345678901234567890}', first.requestId],
        ['plain', '{"n":2}', second.requestId],
      ],
    );
    assert.deepEqual([dry.sent, dry.failed, dry.refused], [[], [], []]);

    const { sent } = await replay({ requestIds, perSecond: 100 });
    assert.deepEqual(
      sent.map(({ replayOf }) => replayOf),
      requestIds,
    );
    const again = sent[0]?.requestId ?? '';
    await rowWhen(api, again, ({ status }) => status === 'succeeded');
    const { invocation } = (await api.invocations.get(again)) ?? assert.fail('the replay is in the store');
    assert.equal(invocation.sent?.payload, '{"item":"pen", "n":12345678901234567890}');
    assert.equal(invocation.sent.replayOf?.requestId, first.requestId);
  });

  it('replays nothing when one of the invocations is not there', async () => {
    await assert.rejects(replay({ requestIds: ['00000000-0000-4000-8000-000000000000'] }), /Nothing was sent/);
  });

  it('exports records by a filter, and reads them again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ld-records-'));
    try {
      const { requestId } = await api.sendAsync({ functionName: 'orders', payload: '{"item":"pen","exported":42}' });
      await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
      const file = join(folder, 'records.ndjson');
      const exported = await vscode.commands.executeCommand('lambdaDestinations.exportRecords', {
        file,
        filter: 'fn:orders payload.exported=42',
      });
      assert.deepEqual(exported, { file, rows: 1 });
      assert.ok((await readFile(file, 'utf8')).includes(requestId));
      const found = await api.invocations.query({ filter: 'payload.exported=42' });
      assert.deepEqual(
        found.map((row) => row.requestId),
        [requestId],
      );
      const imported = await vscode.commands.executeCommand('lambdaDestinations.importRecords', { file });
      assert.deepEqual(imported, { file, rows: 0, skipped: 0 }, 'all of it is known');
      const unclear = vscode.commands.executeCommand('lambdaDestinations.exportRecords', {
        file,
        filter: 'attempts:x',
      });
      await assert.rejects(async () => unclear, /not clear/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('does not keep what the settings say is to be redacted, and sends it', async () => {
    const settings = vscode.workspace.getConfiguration('lambdaDestinations');
    await settings.update('records.redact', ['cardNumber'], vscode.ConfigurationTarget.Global);
    try {
      const { requestId } = await api.sendAsync({
        functionName: 'orders',
        payload: '{"item":"pen","cardNumber":"4242"}',
      });
      await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
      const { invocation } = (await api.invocations.get(requestId)) ?? assert.fail('it is in the store');
      assert.equal(invocation.sent?.payload, '{"item":"pen","cardNumber":"[redacted]"}');
      assert.ok(!JSON.stringify(invocation).includes('4242'));
    } finally {
      await settings.update('records.redact', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
