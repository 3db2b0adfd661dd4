import assert from 'node:assert/strict';
import { answeredStatus, errorName, explain, isNeverConnected, translateError } from '../../../src/aws/awsErrors.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';

const context = { doing: 'send to charge', functionName: 'charge', endpoint: 'http://127.0.0.1:1' };

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name }, more);
}

describe('AWS errors for people', () => {
  it('say what happened, why and what to do', () => {
    const cases: readonly (readonly [Error, string, RegExp])[] = [
      [
        named('ResourceNotFoundException', 'Function not found: arn:aws:lambda:…:charge'),
        'functionNotFound',
        /^Could not send to charge: Function not found: arn:aws:lambda:…:charge\. Check its name/,
      ],
      [
        named('RequestEntityTooLargeException', '2 byte payload is too large'),
        'payloadTooLarge',
        /too large\. An asyn/,
      ],
      [named('TooManyRequestsException', 'Rate Exceeded.'), 'throttled', /Wait a moment/],
      [named('ExpiredTokenException', 'expired'), 'credentialsExpired', /Sign in again/],
      [named('CredentialsProviderError', 'none'), 'credentialsMissing', /no AWS credentials/],
      [named('TimeoutError', 'slow'), 'timedOut', /127\.0\.0\.1:1 in time/],
      [named('TimeoutError', 'socket hang up', { code: 'ECONNRESET' }), 'connectionLost', /1:1 was lost/],
      [named('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 'unreachable', /nothing answers at http/],
      [named('SomethingNewException', 'Oh no'), 'awsError', /Oh no\. \(SomethingNewException\)$/],
      [named('toString', ''), 'awsError', /did not say why/],
    ];
    for (const [error, code, message] of cases) {
      const found = explain(error, context);
      assert.equal(found.code, code, error.name);
      assert.match(found.message, message);
    }
  });

  it('look inside wrapped errors', () => {
    const inner = named('Error', 'connect', { code: 'ECONNREFUSED' });
    const both = new AggregateError([inner, inner]);
    assert.equal(errorName(both), 'ECONNREFUSED');
    assert.ok(isNeverConnected(both));
    assert.ok(isNeverConnected(new Error('outer', { cause: inner })));
    assert.ok(!isNeverConnected(named('Error', 'reset', { code: 'ECONNRESET' })));
    assert.ok(!isNeverConnected(named('TimeoutError', 'a request has exceeded', { code: 'ETIMEDOUT' })));
  });

  it('keep the cause, and leave aborts and told failures alone', () => {
    const error = named('ServiceException', 'broken', { $metadata: { httpStatusCode: 500 } });
    const told = translateError(error, context);
    assert.ok(UserFacingFailure.is(told, 'serviceFailed'));
    assert.equal(told.cause, error);
    assert.equal(translateError(told, context), told);
    const abort = new DOMException('stop', 'AbortError');
    assert.equal(translateError(abort, context), abort);
    assert.equal(answeredStatus(error), 500);
    assert.equal(answeredStatus(new Error('x')), undefined);
  });

  it('keep texts of the service as they are', () => {
    const { message } = explain(named('ValidationException', "Value '$&' at 'x'"), context);
    assert.ok(message.includes("Value '$&' at 'x'."));
  });
});
