import assert from 'node:assert/strict';
import {
  answeredStatus,
  errorName,
  explain,
  isNeverConnected,
  translateError,
  type AwsTarget,
} from '../../../src/aws/awsErrors.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';

const target = { region: 'us-east-1', endpoint: 'http://127.0.0.1:1', custom: true };
const context = { doing: 'send to charge', target };

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
      [
        named('QueueDoesNotExist', 'The specified queue does not exist.'),
        'notFound',
        /^Could not send to charge: The specified queue does not exist\. Check its name and the region\.$/,
      ],
      [named('TooManyRequestsException', 'Rate Exceeded.'), 'throttled', /Wait a moment/],
      [
        named('ExpiredTokenException', 'expired'),
        'credentialsExpired',
        /have expired\. Sign in in a terminal \(aws sso login/,
      ],
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

  it('leave out the request that AWS repeats when it refuses a signature: the session token is in it', () => {
    const told =
      'The request signature we calculated does not match the signature you provided. Check your key.\n\n' +
      "The Canonical String for this request should have been\n'POST\n/\nx-amz-security-token:SECRETTOKEN\n'";
    const { message } = explain(named('InvalidSignatureException', told), context);
    assert.match(message, /the signature was refused: The request signature .* Check your key\. Check the secret key/);
    assert.doesNotMatch(message, /SECRETTOKEN|Canonical/);
  });

  describe('at AWS', () => {
    const aws = (more: Partial<AwsTarget> = {}): AwsTarget => ({
      region: 'eu-central-1',
      endpoint: 'AWS in eu-central-1',
      custom: false,
      profile: 'dev',
      ...more,
    });
    const at = (error: Error, more?: Partial<AwsTarget>, action?: string): string => {
      const { code, message } = explain(error, {
        doing: 'list the functions',
        target: aws(more),
        ...(action === undefined ? {} : { action }),
      });
      return `${code}: ${message}`;
    };

    it('name the profile, and the command that signs in', () => {
      assert.match(
        at(named('ExpiredTokenException', 'The security token included in the request is expired')),
        /^credentialsExpired: Could not list the functions: the credentials of profile "dev" have expired\. .*\(aws sso login --profile dev, or aws login --profile dev\)/,
      );
      assert.match(at(named('ExpiredToken', ''), { profile: 'my dev' }), /--profile "my dev"/);
      assert.match(at(named('ExpiredToken', ''), { profile: '' }), /\(aws sso login, or aws login\)/);
    });

    it('name the action that was denied', () => {
      const iam =
        'User: arn:aws:iam::123456789012:user/x is not authorized to perform: lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action';
      assert.match(
        at(named('AccessDeniedException', iam)),
        /^accessDenied: .* to profile "dev": User: .* Ask for the permission lambda:ListFunctions, or/,
      );
      assert.match(
        at(named('AccessDenied', 'Access Denied'), {}, 's3:ListAllMyBuckets'),
        /the permission s3:ListAllMyBuckets/,
      );
    });

    it('tell a region that is not enabled from wrong keys', () => {
      const unknown = named('UnrecognizedClientException', 'The security token included in the request is invalid.');
      assert.match(at(unknown), /^credentialsInvalid: .*profile "dev"/);
      assert.match(
        at(unknown, { region: 'me-south-1' }),
        /^regionUnavailable: .*me-south-1\. That region has to be en/,
      );
    });

    it('tell a region that there is not from a network that is away', () => {
      const away = named('Error', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' });
      assert.match(at(away), /^unreachable: .*AWS in eu-central-1.*proxy/);
      assert.match(at(away, { region: 'eu-nowhere-1' }), /^regionUnavailable: .*"eu-nowhere-1"/);
    });

    it('tell a wrong clock, a proxy and a certificate', () => {
      assert.match(at(named('RequestTimeTooSkewed', 'The difference is too large.')), /^clockSkew: /);
      assert.match(at(named('SignatureDoesNotMatch', 'Signature expired')), /^credentialsInvalid: .*secret key.*clock/);
      const answered = (httpStatusCode: number): object => ({ $metadata: { httpStatusCode } });
      assert.match(at(named('SyntaxError', 'Unexpected <', answered(407))), /^proxyFailed: .*HTTP 407.*http\.proxy/);
      assert.match(
        at(named('SyntaxError', 'Unexpected <', answered(200))),
        /^notAws: .*between this machine.*HTTP 200/,
      );
      assert.match(at(named('Error', 'self-signed', { code: 'SELF_SIGNED_CERT_IN_CHAIN' })), /^tlsFailed: .*CA_CERTS/);
      assert.match(at(named('Error', 'wrong version', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' })), /^tlsFailed: /);
    });
  });
});
