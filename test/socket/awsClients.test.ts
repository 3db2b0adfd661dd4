import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { invokeAsync, SendFailure } from '../../src/aws/invokeAsync.ts';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { listEventInvokeConfigs } from '../../src/aws/eventInvokeConfigs.ts';
import { listFunctions } from '../../src/aws/listFunctions.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { testAwsConfig } from '../support/awsConfig.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

describe('Lambda clients', () => {
  let server: Server;
  let access: AwsClients;
  let handler: Handler;
  let requests: string[];

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      void handler(request, response, new URL(request.url ?? '', 'http://localhost'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    access = accessTo((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await access.dispose();
    server.closeAllConnections();
    server.close();
  });

  const accessTo = (port: number): AwsClients =>
    createAwsClients({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });

  const failure = async (signal?: AbortSignal): Promise<SendFailure> => {
    try {
      await invokeAsync(access, { functionName: 'charge', payload: '{}' }, signal);
    } catch (error) {
      assert.ok(error instanceof SendFailure);
      return error;
    }
    return assert.fail('it was sent');
  };

  it('list all pages of functions', async () => {
    handler = (_request, response, url) => {
      const second = url.searchParams.get('Marker') === 'next';
      const found = second
        ? { FunctionName: 'b', FunctionArn: 'arn:b', DeadLetterConfig: { TargetArn: 'arn:q' }, Timeout: 3 }
        : { FunctionName: 'a', FunctionArn: 'arn:a', Runtime: 'nodejs22.x', Handler: 'a.b', Description: '' };
      response.end(JSON.stringify({ Functions: [found], ...(second ? {} : { NextMarker: 'next' }) }));
    };
    assert.deepEqual(await listFunctions(access), [
      { functionName: 'a', functionArn: 'arn:a', runtime: 'nodejs22.x', handler: 'a.b' },
      { functionName: 'b', functionArn: 'arn:b', timeout: 3, deadLetterTargetArn: 'arn:q' },
    ]);
  });

  it('list all event invoke configs of a function', async () => {
    handler = (_request, response, url) => {
      assert.equal(url.pathname, '/2019-09-25/functions/charge/event-invoke-config/list');
      const config = {
        FunctionArn: 'arn:charge:$LATEST',
        LastModified: 1_700_000_000.5,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: 'arn:q' } },
      };
      response.end(JSON.stringify({ FunctionEventInvokeConfigs: [config] }));
    };
    assert.deepEqual(await listEventInvokeConfigs(access, 'charge'), [
      {
        functionArn: 'arn:charge:$LATEST',
        maximumRetryAttempts: 0,
        onFailure: 'arn:q',
        lastModified: 1_700_000_000_500,
      },
    ]);
  });

  it('send the exact payload, as an event, and give the request id', async () => {
    const payload = '{ "amount": 10.00, "n": 9007199254740993, "ä": "…" }';
    let received = '';
    handler = async (request, response) => {
      received = (await buffer(request)).toString();
      assert.equal(request.headers['x-amz-invocation-type'], 'Event');
      response.writeHead(202, { 'x-amzn-RequestId': 'r-1' }).end();
    };
    assert.equal(await invokeAsync(access, { functionName: 'charge', qualifier: 'live', payload }), 'r-1');
    assert.equal(received, payload);
    assert.deepEqual(requests, ['POST /2015-03-31/functions/charge/invocations?Qualifier=live']);
  });

  it('tell a refusal: it did not run', async () => {
    handler = (_request, response) => {
      response
        .writeHead(404, { 'x-amzn-ErrorType': 'ResourceNotFoundException' })
        .end('{"Type":"User","Message":"Function not found: charge"}');
    };
    const { code, mayHaveRun, errorName, message } = await failure();
    assert.deepEqual([code, mayHaveRun, errorName], ['functionNotFound', false, 'ResourceNotFoundException']);
    assert.match(message, /Could not send to charge: Function not found: charge\./);
  });

  it('never send twice what may have run', async () => {
    handler = (request) => void request.socket.destroy();
    const lost = await failure();
    assert.deepEqual([lost.mayHaveRun, lost.code, lost.errorName], [true, 'connectionLost', 'ECONNRESET']);
    assert.match(lost.message, /may have run/);
    handler = (_request, response) => void response.writeHead(500).end('{"Message":"broken"}');
    assert.equal((await failure()).mayHaveRun, true);
    assert.equal(requests.length, 2);
  });

  it('know that nothing ran where nothing listens', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    access = accessTo(port);
    const { code, mayHaveRun, errorName } = await failure();
    assert.deepEqual([code, mayHaveRun, errorName], ['unreachable', false, 'ECONNREFUSED']);
    await assert.rejects(listFunctions(access), (error) => UserFacingFailure.is(error, 'unreachable'));
  });

  it('go to the endpoint of their own profile, not to that of the default one', async () => {
    await using aws = await testAwsConfig();
    await aws.write({ config: '[default]\nendpoint_url = http://127.0.0.1:1\n[profile dev]\nregion = us-east-1\n' });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const clients = createAwsClients({ region: 'eu-west-1', profile: 'dev', credentials });
    const client = await clients.lambda();
    const hosts: string[] = [];
    client.middlewareStack.add(
      () =>
        ({ request }) => {
          hosts.push((request as { readonly hostname: string }).hostname);
          return Promise.reject(new Error('far enough'));
        },
      { step: 'finalizeRequest', name: 'stop' },
    );
    await assert.rejects(listFunctions(clients), /far enough/);
    assert.deepEqual([hosts, clients.target.endpoint], [['lambda.eu-west-1.amazonaws.com'], 'AWS in eu-west-1']);
    await clients.dispose();
  });

  it('can be cancelled: before sending nothing ran, after it may have', async () => {
    const before = await failure(AbortSignal.abort());
    assert.deepEqual([before.code, before.mayHaveRun, requests.length], ['cancelled', false, 0]);
    const controller = new AbortController();
    handler = () => controller.abort();
    const after = await failure(controller.signal);
    assert.deepEqual([after.code, after.mayHaveRun, after.errorName], ['cancelled', true, 'Cancelled']);
  });
});
