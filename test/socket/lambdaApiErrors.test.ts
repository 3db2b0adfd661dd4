import assert from 'node:assert/strict';
import { runLocalLambda, type RawAnswer, type TestLocalLambda } from '../support/localLambda.ts';
import { twoFunctions } from '../support/localProjects.ts';

const prefix = 'arn:aws:lambda:us-east-1:000000000000:function:';
const destinationPattern =
  '$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)';
const namePattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';

/** Where Jackson says that it stands. */
const at = (line: number, column: number): string =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;
const unparsable = 'Could not parse request body into json: Could not parse payload into json: ';
const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

interface Case {
  readonly title: string;
  readonly request: Parameters<TestLocalLambda['raw']>[0];
  readonly status: number;
  readonly type: string;
  /** The exact bytes. */
  readonly body: string;
}

const user = (key: 'message' | 'Message', text: string): string => JSON.stringify({ Type: 'User', [key]: text });
const configPath = (name: string): string => `/2019-09-25/functions/${name}/event-invoke-config`;
const put = (name: string, body: unknown, query = ''): Case['request'] => ({
  method: 'PUT',
  path: `${configPath(name)}${query}`,
  body: JSON.stringify(body),
});
const invoke = (name: string, body: string | Uint8Array, type = 'Event', query = ''): Case['request'] => ({
  method: 'POST',
  path: `/2015-03-31/functions/${name}/invocations${query}`,
  headers: { 'x-amz-invocation-type': type },
  body,
});
const onFailure = (arn: string): unknown => ({ DestinationConfig: { OnFailure: { Destination: arn } } });
const onSuccess = (arn: string): unknown => ({ DestinationConfig: { OnSuccess: { Destination: arn } } });

function ipv(title: string, request: Case['request'], message: string): Case {
  return { title, request, status: 400, type: 'InvalidParameterValueException', body: user('message', message) };
}
function missing(title: string, request: Case['request'], message: string): Case {
  return { title, request, status: 404, type: 'ResourceNotFoundException', body: user('Message', message) };
}
function invalid(title: string, request: Case['request'], message: string): Case {
  return { title, request, status: 400, type: 'ValidationException', body: JSON.stringify({ message }) };
}
function notJson(title: string, body: string | Uint8Array, problem: string): Case {
  return {
    title,
    request: invoke('worker', body),
    status: 400,
    type: 'InvalidRequestContentException',
    body: user('message', unparsable + problem),
  };
}

/** Spec 5.6, by its numbers. */
const configErrors: readonly Case[] = [
  ipv(
    '1: nothing to set, before existence',
    put('nobody', {}),
    'You must specify at least one of error handling or destination setting.',
  ),
  ipv(
    '1: an empty DestinationConfig is nothing',
    { ...put('worker', { DestinationConfig: {} }), method: 'POST' },
    'You must specify at least one of error handling or destination setting.',
  ),
  missing('2: Put on an unknown function', put('nobody', { MaximumRetryAttempts: 0 }), "The function doesn't exist."),
  missing(
    '2: Update on an unknown function',
    { ...put('nobody', { MaximumRetryAttempts: 0 }), method: 'POST' },
    "The function doesn't exist.",
  ),
  missing('2: List on an unknown function', { path: `${configPath('nobody')}/list` }, "The function doesn't exist."),
  missing(
    '2: Put with an unknown alias',
    put('worker', { MaximumRetryAttempts: 0 }, '?Qualifier=live'),
    "The function doesn't exist.",
  ),
  missing(
    '3: Get without a config',
    { path: configPath('other') },
    `The function ${prefix}other:$LATEST doesn't have an EventInvokeConfig`,
  ),
  missing(
    '3: Delete without a config',
    { path: configPath('other'), method: 'DELETE' },
    `The function ${prefix}other:$LATEST doesn't have an EventInvokeConfig`,
  ),
  missing(
    '3: Update without a config',
    { ...put('other', { MaximumRetryAttempts: 0 }), method: 'POST' },
    `The function ${prefix}other:$LATEST doesn't have an EventInvokeConfig`,
  ),
  missing(
    '3: Get on an unknown function',
    { path: configPath('nobody') },
    `The function ${prefix}nobody:$LATEST doesn't have an EventInvokeConfig`,
  ),
  missing(
    '3: Get on an unknown qualifier',
    { path: `${configPath('worker')}?Qualifier=7` },
    `The function ${prefix}worker:7 doesn't have an EventInvokeConfig`,
  ),
  ipv(
    '4: two qualifiers',
    { path: `${configPath('worker:1')}?Qualifier=2` },
    'The derived qualifier from the function name does not match the specified qualifier.',
  ),
  ipv(
    '5: a destination function that does not exist',
    put('other', onFailure(`${prefix}nobody`)),
    `The destination ARN ${prefix}nobody is invalid.`,
  ),
  ipv(
    '6: an EventBridge rule',
    put('other', onFailure('arn:aws:events:us-east-1:000000000000:rule/all')),
    'The destination ARN arn:aws:events:us-east-1:000000000000:rule/all is invalid.',
  ),
  ipv(
    '6: a FIFO queue',
    put('other', onSuccess('arn:aws:sqs:us-east-1:000000000000:q.fifo')),
    'The destination ARN arn:aws:sqs:us-east-1:000000000000:q.fifo is invalid.',
  ),
  ipv(
    '7: the function itself',
    put('other', onFailure(`${prefix}other`)),
    "You can't specify the function as a destination for itself.",
  ),
  ipv(
    '8: a service that can be none',
    put('other', onSuccess('arn:aws:iam::000000000000:role/r')),
    'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:iam::000000000000:role/r), onFailure=null) is invalid.',
  ),
  ipv(
    '8: a bucket on success',
    put('other', onSuccess('arn:aws:s3:::bucket')),
    'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::bucket), onFailure=null) is invalid.',
  ),
  ipv(
    '8: both sides are told',
    put('other', {
      DestinationConfig: {
        OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:000000000000:good' },
        OnFailure: { Destination: 'arn:aws:iam::000000000000:role/r' },
      },
    }),
    'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:sqs:us-east-1:000000000000:good), onFailure=OnFailure(destination=arn:aws:iam::000000000000:role/r)) is invalid.',
  ),
  invalid(
    '9: no ARN',
    put('other', onFailure('queue')),
    `1 validation error detected: Value 'queue' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: ${destinationPattern}`,
  ),
  invalid(
    '9: no ARN on both sides',
    put('other', { DestinationConfig: { OnSuccess: { Destination: 'a' }, OnFailure: { Destination: 'b' } } }),
    `2 validation errors detected: Value 'b' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: ${destinationPattern}; ` +
      `Value 'a' at 'destinationConfig.onSuccess.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: ${destinationPattern}`,
  ),
  ipv(
    '11: a FIFO topic',
    put('other', onSuccess('arn:aws:sns:us-east-1:000000000000:t.fifo')),
    "FIFO-type Amazon SNS topics aren't supported as a destination.",
  ),
  invalid(
    '12: too many retries',
    put('other', { MaximumRetryAttempts: 3 }),
    "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
  ),
  invalid(
    '12: an age too short',
    put('other', { MaximumEventAgeInSeconds: 59 }),
    "1 validation error detected: Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
  ),
  ipv(
    '13: List with a qualifier',
    { path: `${configPath('worker%3A%24LATEST')}/list` },
    'The function name must not include a version number or alias.',
  ),
  missing(
    '14: another region',
    { path: configPath('arn%3Aaws%3Alambda%3Aus-west-2%3A000000000000%3Afunction%3Aworker') },
    "Functions from 'us-west-2' are not reachable in this region ('us-east-1')",
  ),
  {
    title: '14b: another account',
    request: { path: configPath('111111111111:function:worker') },
    status: 403,
    type: 'AccessDeniedException',
    body: '{"Type":"User","Message":null}',
  },
  invalid(
    '15: a qualifier too long',
    { path: `${configPath('worker')}?Qualifier=${'q'.repeat(129)}` },
    `1 validation error detected: Value '${'q'.repeat(129)}' at 'qualifier' failed to satisfy constraint: Member must have length less than or equal to 128`,
  ),
  invalid(
    'a name that is none',
    { path: configPath('a%20b') },
    `1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${namePattern}`,
  ),
  {
    title: 'a body that is no JSON',
    request: { ...put('other', {}), body: '{' },
    status: 400,
    type: 'SerializationException',
    body: '{"message":"The request body is not JSON."}',
  },
];

const invokeErrors: readonly Case[] = [
  missing('an unknown function', invoke('nobody', '{}'), `Function not found: ${prefix}nobody:$LATEST`),
  missing(
    'an unknown version',
    invoke('worker', '{}', 'RequestResponse', '?Qualifier=1221'),
    `Function not found: ${prefix}worker:1221`,
  ),
  missing(
    'a name of 65 characters is not found',
    invoke('n'.repeat(65), '{}'),
    `Function not found: ${prefix}${'n'.repeat(65)}:$LATEST`,
  ),
  invalid(
    'an unknown invocation type',
    invoke('worker', '{}', 'Later'),
    "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
  ),
  notJson(
    'a control character',
    Uint8Array.of(0x99),
    `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value ${tokens}${at(1, 1)}`,
  ),
  notJson('broken UTF-8', Uint8Array.of(0x22, 0x87), `Invalid UTF-8 start byte 0x87${at(1, 3)}`),
  notJson('a word', 'oops', `Unrecognized token 'oops': was expecting ${tokens}${at(1, 5)}`),
  notJson(
    'a key without quotes, on a second line',
    '{\n  a: 1}',
    `Unexpected character ('a' (code 97)): was expecting double-quote to start field name${at(2, 3)}`,
  ),
  notJson(
    'an object that is not closed',
    '{"a": 1',
    `Unexpected end-of-input: expected close marker for Object (start marker at ${at(1, 1).slice(5)})${at(1, 8)}`,
  ),
  {
    title: 'a client context that is no JSON',
    request: {
      ...invoke('worker', '{}', 'RequestResponse'),
      headers: { 'x-amz-invocation-type': 'RequestResponse', 'x-amz-client-context': 'bm9uZQ==' },
    },
    status: 400,
    type: 'InvalidRequestContentException',
    body: user('message', 'Client context must be a valid Base64-encoded JSON object.'),
  },
  {
    title: 'an event over a megabyte',
    request: invoke('worker', JSON.stringify('x'.repeat(1_048_575))),
    status: 413,
    type: 'RequestEntityTooLargeException',
    body: user('message', '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)'),
  },
  {
    title: 'a request over six megabytes',
    request: invoke('worker', JSON.stringify('x'.repeat(6_291_455)), 'RequestResponse'),
    status: 413,
    type: 'RequestEntityTooLargeException',
    body: '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
  },
];

const functionErrors: readonly Case[] = [
  missing(
    'GetFunction of an unknown function',
    { path: '/2015-03-31/functions/nobody' },
    `Function not found: ${prefix}nobody`,
  ),
  missing(
    'GetFunctionConfiguration of an unknown version',
    { path: '/2015-03-31/functions/worker/configuration?Qualifier=2' },
    `Function not found: ${prefix}worker:2`,
  ),
  invalid(
    'ListFunctions with a wrong version',
    { path: '/2015-03-31/functions/?FunctionVersion=SOME' },
    "1 validation error detected: Value 'SOME' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]",
  ),
  invalid(
    'ListFunctions with a page of nothing',
    { path: '/2015-03-31/functions?MaxItems=0' },
    "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ),
  ipv(
    'ListFunctions with a marker of its own',
    { path: '/2015-03-31/functions?Marker=abc' },
    'The Marker is not one that was given out.',
  ),
  {
    title: 'an operation that is not offered',
    request: { method: 'POST', path: '/2021-10-31/functions/worker/url', body: '{}' },
    status: 404,
    type: 'UnknownOperationException',
    body: '{"message":"Local Lambda does not offer the operation CreateFunctionUrlConfig of AWS Lambda."}',
  },
];

describe('what the Lambda API answers, to the byte', () => {
  let local: TestLocalLambda;

  before(async () => {
    local = await runLocalLambda({ files: twoFunctions });
  });

  after(async () => {
    await local[Symbol.asyncDispose]();
  });

  for (const [name, cases] of [
    ['event invoke configs', configErrors],
    ['Invoke', invokeErrors],
    ['functions', functionErrors],
  ] as const) {
    describe(`errors of ${name}`, () => {
      for (const { title, request, status, type, body } of cases) {
        it(title, async () => {
          const answer = await local.raw(request);
          assert.deepEqual(
            { status: answer.status, type: answer.headers['x-amzn-errortype'], body: answer.body },
            { status, type, body },
          );
          assert.equal(answer.headers['content-type'], 'application/json');
          assert.match(answer.headers['x-amzn-requestid'] as string, /^[\da-f-]{36}$/);
        });
      }
    });
  }

  it('a throttled function', async () => {
    const answer = await local.raw(invoke('busy', '{}', 'RequestResponse'));
    assert.equal(answer.status, 429);
    assert.equal(
      answer.body,
      '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    );
  });

  it('an event: exactly the headers that AWS sends', async () => {
    const answer = await local.raw(invoke('worker', ''));
    assert.equal(answer.status, 202);
    assert.equal(answer.body, '');
    assert.deepEqual(answer.headerNames.toSorted(), [
      'Connection',
      'Content-Length',
      'Date',
      'X-Amzn-Trace-Id',
      'x-amzn-Remapped-Content-Length',
      'x-amzn-RequestId',
    ]);
    assert.equal(answer.headers['content-length'], '0');
    assert.equal(answer.headers['x-amzn-remapped-content-length'], '0');
    assert.match(
      answer.headers['x-amzn-trace-id'] as string,
      /^root=1-[\da-f]{8}-[\da-f]{24};parent=[\da-f]{16};sampled=0$/,
    );
  });

  it('a run: its headers', async () => {
    const answer = await local.raw(invoke('other', '1', 'RequestResponse'));
    assert.equal(answer.body, 'null');
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['x-amz-executed-version'], '$LATEST');
    assert.equal(answer.headers['x-amz-function-error'], undefined);
  });

  it('a dry run has no body, no type and no version', async () => {
    const answer = await local.raw(invoke('worker', '', 'DryRun'));
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['content-type'], undefined);
    assert.equal(answer.headers['x-amz-executed-version'], undefined);
  });

  it('a config: keys in alphabetical order, nulls spelt out, the time as a Java double', async () => {
    const answer = await local.raw(
      put('other', {
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:bad' } },
      }),
    );
    assertConfig(
      answer,
      `{"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:000000000000:bad"},"OnSuccess":{"Destination":null}},"FunctionArn":"${prefix}other:$LATEST","LastModified":TIME,"MaximumEventAgeInSeconds":60,"MaximumRetryAttempts":null}`,
    );
    const list = await local.raw({ path: `${configPath('other')}/list` });
    assert.equal(list.body, `{"FunctionEventInvokeConfigs":[${answer.body}]}`);
    assert.equal((await local.raw({ path: configPath('other'), method: 'DELETE' })).status, 204);
    assert.equal((await local.raw({ path: `${configPath('other')}/list` })).body, '{"FunctionEventInvokeConfigs":[]}');
  });

  function assertConfig({ status, headers, body }: RawAnswer, expected: string): void {
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json');
    assert.match(body, /"LastModified":\d\.\d+E9,/);
    assert.equal(body.replace(/"LastModified":[\d.E]+/, '"LastModified":TIME'), expected);
  }
});
