import assert from 'node:assert/strict';
import { failure, QueueHarness, queueArn } from '../../../support/queueHarness.ts';

const fn = 'arn:aws:lambda:us-east-1:000000000000:function:fn';

function context(condition: string, count: number, arn = `${fn}:$LATEST`): string {
  return `"requestContext":{"requestId":"r1","functionArn":"${arn}","condition":"${condition}","approximateInvokeCount":${count}}`;
}

const unhandled = '"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"}';
const error = '"responsePayload":{"errorType":"Error","errorMessage":"no"}';

describe('Execution records, to the byte (spec 1.4)', () => {
  let harness: QueueHarness;
  beforeEach(() => {
    harness = new QueueHarness();
    harness.functions.configure('fn', { onSuccess: queueArn, onFailure: queueArn });
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  async function record(payload = '{}', qualifier?: string): Promise<string> {
    harness.send(payload, 'fn', qualifier);
    await harness.run();
    const [delivered, ...more] = harness.sqs.all();
    assert.ok(delivered);
    assert.deepEqual(more, []);
    assert.deepEqual(delivered.attributes, {});
    return delivered.body;
  }

  it('Success', async () => {
    assert.equal(
      await record('{ "Success": true }'),
      `{"version":"1.0","timestamp":"2026-09-14T15:18:45.648Z",${context('Success', 1)},"requestPayload":{ "Success": true },"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"responsePayload":null}`,
    );
  });

  it('Success after a retry counts 1', async () => {
    harness.environments.behave = (_, nth) => (nth === 1 ? failure : { payload: '"done"' });
    assert.equal(
      await record(),
      `{"version":"1.0","timestamp":"2026-09-14T15:19:45.648Z",${context('Success', 1)},"requestPayload":{},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"responsePayload":"done"}`,
    );
  });

  it('Success after a retry counts attempts when told to', async () => {
    await harness[Symbol.asyncDispose]();
    harness = new QueueHarness({ countsAttemptsOnSuccess: true });
    harness.functions.configure('fn', { onSuccess: queueArn });
    harness.environments.behave = (_, nth) => (nth === 1 ? failure : {});
    assert.ok((await record()).includes(context('Success', 2)));
  });

  for (const [retries, count, at] of [
    [0, 1, '15:18:45'],
    [1, 2, '15:19:45'],
    [undefined, 3, '15:21:45'],
  ] as const) {
    it(`Exception, ${retries ?? 'default'} retries`, async () => {
      harness.functions.configure('fn', {
        ...(retries === undefined ? {} : { maximumRetryAttempts: retries }),
        onFailure: queueArn,
      });
      harness.environments.behave = (_, nth) => ({ status: 'error', payload: `{"errorMessage":"attempt ${nth}"}` });
      assert.equal(
        await record(),
        `{"version":"1.0","timestamp":"2026-09-14T${at}.648Z",${context('RetriesExhausted', count)},"requestPayload":{},${unhandled},"responsePayload":{"errorMessage":"attempt ${count}"}}`,
      );
    });
  }

  for (const status of ['timeout', 'exit'] as const) {
    it(`${status}: the platform's error, as any other`, async () => {
      const payload =
        '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r1 Error: Task timed out after 3.00 seconds"}';
      harness.functions.configure('fn', { maximumRetryAttempts: 0, onFailure: queueArn });
      harness.environments.behave = () => ({ status, payload, takes: 3000 });
      assert.equal(
        await record(),
        `{"version":"1.0","timestamp":"2026-09-14T15:18:48.648Z",${context('RetriesExhausted', 1)},"requestPayload":{},${unhandled},"responsePayload":${payload}}`,
      );
    });
  }

  for (const [age, count, at] of [
    [60, 1, '15:18:46.128'],
    [90, 2, '15:19:46.608'],
  ] as const) {
    it(`Age ${age}: told at once that the next retry would come too late`, async () => {
      harness.functions.configure('fn', { maximumEventAgeInSeconds: age, onFailure: queueArn });
      harness.environments.behave = () => ({ ...failure, takes: 480 });
      assert.equal(
        await record(),
        `{"version":"1.0","timestamp":"2026-09-14T${at}Z",${context('EventAgeExceeded', count)},"requestPayload":{},${unhandled},${error}}`,
      );
    });
  }

  it('Throttled until the deadline, never ran', async () => {
    harness.functions.add('fn', { reservedConcurrentExecutions: 1 });
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60, onFailure: queueArn });
    harness.environments.behave = () => ({ until: new Promise(() => undefined) });
    // The first takes the only place and keeps it.
    harness.send('{}', 'fn');
    await harness.settle();
    harness.send('{"late":1}');
    await harness.run();
    const [delivered] = harness.sqs.all();
    assert.equal(
      delivered?.body,
      `{"version":"1.0","timestamp":"2026-09-14T15:19:48.648Z",${context('EventAgeExceeded', 0).replace('r1', 'r2')},"requestPayload":{"late":1},"responseContext":{"statusCode":429}}`,
    );
  });

  it('Reserved concurrency 0', async () => {
    harness.functions.add('fn', { reservedConcurrentExecutions: 0 });
    assert.equal(
      await record(),
      `{"version":"1.0","timestamp":"2026-09-14T15:18:45.648Z",${context('ZeroReservedConcurrency', 0)},"requestPayload":{}}`,
    );
    assert.deepEqual(harness.environments.requests, []);
  });

  for (const [retries, at] of [
    [0, '15:18:45'],
    [1, '15:19:45'],
  ] as const) {
    it(`Deleted while queued, ${retries} retries: look-ups count as attempts`, async () => {
      harness.functions.configure('fn', { maximumRetryAttempts: retries, onFailure: queueArn });
      harness.send();
      harness.functions.remove('fn');
      await harness.run();
      assert.deepEqual(
        harness.sqs.all().map(({ body }) => body),
        [
          `{"version":"1.0","timestamp":"2026-09-14T${at}.648Z",${context('RetriesExhausted', retries + 1)},"requestPayload":{},"responseContext":{"statusCode":404}}`,
        ],
      );
    });
  }

  it('Alias deleted before it ran, too old for a retry: no record, and the journal says why', async () => {
    harness.functions.publish('fn', 'live', '7');
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60, onFailure: queueArn }, 'live');
    harness.send('{}', 'fn', 'live');
    harness.functions.remove('fn', 'live');
    await harness.run();
    assert.deepEqual(harness.sqs.all(), []);
    const [delivery] = harness.ofKind('delivery');
    assert.equal(delivery?.status, 'dropped');
    assert.match(delivery.reason ?? '', /without a record/);
  });

  it('An alias keeps its name; the version is the one that ran', async () => {
    harness.functions.publish('fn', 'live', '7');
    harness.functions.configure('fn', { onSuccess: queueArn }, 'live');
    assert.equal(
      await record('{}', 'live'),
      `{"version":"1.0","timestamp":"2026-09-14T15:18:45.648Z",${context('Success', 1, `${fn}:live`)},"requestPayload":{},"responseContext":{"statusCode":200,"executedVersion":"7"},"responsePayload":null}`,
    );
  });

  it('A response that is not JSON is left out, with an error in its place', async () => {
    harness.environments.behave = () => ({ payload: 'done' });
    assert.equal(
      await record(),
      `{"version":"1.0","timestamp":"2026-09-14T15:18:45.648Z",${context('Success', 1)},"requestPayload":{},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"deliveryError":{"statusCode":400,"errorCode":"InvalidRequestContentException","errorMessage":"The function response payload could not be parsed as JSON."}}`,
    );
  });

  it('A response that is not UTF-8 is not JSON', async () => {
    harness.environments.behave = () => ({ payload: Uint8Array.of(0x22, 0xff, 0x22) });
    assert.match(await record(), /"deliveryError":/);
  });

  it('Request and response are spliced in as they are: blanks, numbers, escapes, line ends', async () => {
    const request = ' {"label":  "x\\u00e9\u{1f600}", "n": 1.0e2 , "n": 9007199254740993}\r\n';
    const response = '\t[ 1.50,\n  "\\/"  ]\n';
    harness.environments.behave = () => ({ payload: response });
    assert.equal(
      await record(request),
      `{"version":"1.0","timestamp":"2026-09-14T15:18:45.648Z",${context('Success', 1)},"requestPayload":${request},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"responsePayload":${response}}`,
    );
  });
});
