import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { functionDefinition, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';

const FILES = {
  'index.js': `
    const { pipeline } = require('node:stream/promises');
    const { Readable } = require('node:stream');
    exports.streaming = awslambda.streamifyResponse(async (event, stream, context) => {
      stream.setContentType('application/json');
      stream.write('{"id":"' + context.awsRequestId.slice(0, 3) + '",');
      stream.write('"n":');
      stream.write(event.n);
      stream.end('}');
      return event.returned;
    });
    exports.piped = awslambda.streamifyResponse(async (event, stream) => {
      await pipeline(Readable.from(['"a', 'b"']), stream);
    });
    exports.http = awslambda.streamifyResponse(async (event, stream) => {
      const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
      body.write('hello');
      body.end();
    });
    exports.early = awslambda.streamifyResponse(async () => { throw new TypeError('early'); });
    exports.midstream = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('"so far"');
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('midstream');
    });
    exports.late = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('1');
      stream.setContentType('text/plain');
    });
    exports.plain = awslambda.streamifyResponse((event, stream) => { stream.end('1'); });
    exports.unfinished = awslambda.streamifyResponse(async () => {});
    exports.large = awslambda.streamifyResponse(async (event, stream) => {
      for (let i = 0; i < 7; i++) stream.write(Buffer.alloc(1024 * 1024, 'x'));
      stream.end();
    });
    exports.wrong = async () => {};
    exports.wrong[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';
    exports.pid = awslambda.streamifyResponse(async (event, stream) => { stream.end(String(process.pid)); });`,
};

describe('a handler that streams its response', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness(FILES);
  });

  after(() => harness.dispose());

  it('has it handed over whole', async () => {
    const ran = await harness.run('index.streaming', { n: 7, returned: 1 });
    assert.deepEqual([ran.status, ran.text], ['success', `{"id":"${ran.requestId.slice(0, 3)}","n":7}`]);
    assert.ok(ran.messages.some((message) => message.includes('Streaming handlers ignore return values.')));
    assert.equal((await harness.run<string>('index.piped')).json, 'ab');
  });

  it('is run warm, an event after the other', async () => {
    const first = await harness.run<number>('index.pid');
    assert.equal((await harness.run<number>('index.pid')).json, first.json);
  });

  it('may put a function URL’s head before it', async () => {
    const { payload } = await harness.environments.execute({
      definition: functionDefinition(harness.dir, 'index.http'),
      requestId: randomUUID(),
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
      executedVersion: '$LATEST',
      payload: Buffer.from('{}'),
      traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
    });
    assert.equal(Buffer.from(payload).toString(), `{"statusCode":201}${'\0'.repeat(8)}hello`);
  });

  it('fails by an error before the first byte, and not by one after it', async () => {
    const early = await harness.run('index.early');
    assert.deepEqual([early.status, early.json.errorType, early.json.errorMessage], ['error', 'TypeError', 'early']);
    assert.match(early.json.trace[1] ?? '', /^ {4}at .*\/var\/task\/index\.js/);
    const midstream = await harness.run('index.midstream');
    assert.deepEqual([midstream.status, midstream.text], ['success', '"so far"']);
    assert.match(midstream.messages.join(''), /Invoke Error.*"errorMessage":"midstream"/);
  });

  it('is told what it does wrong', async () => {
    const late = await harness.run('index.late');
    assert.match(late.messages.join(''), /Runtime\.InvalidStreamingOperation.*Cannot set content-type, too late\./);
    const plain = await harness.run('index.plain');
    assert.deepEqual([plain.status, plain.text], ['success', '1']);
    assert.match(plain.messages.join(''), /Streaming does not support non-async handlers\./);
    const unfinished = await harness.run('index.unfinished');
    assert.equal(unfinished.json.errorType, 'Runtime.NodeJsExit');
    const large = await harness.run('index.large');
    assert.equal(large.json.errorType, 'Function.ResponseSizeTooLarge');
    const wrong = await harness.run('index.wrong');
    assert.deepEqual(
      [wrong.json.errorType, wrong.json.errorMessage],
      ['Runtime.MalformedStreamingHandler', 'Only response streaming is supported.'],
    );
  });

  it('can do without the global, where the function wants none', async () => {
    const environment = { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: '1' };
    const ran = await harness.run('index.streaming', {}, { definition: { environment } });
    assert.equal(ran.json.errorMessage, 'awslambda is not defined');
  });
});
