import assert from 'node:assert/strict';
import { translateSettingsError } from '../../../src/aws/settingsFailure.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';

const queue = 'arn:aws:sqs:eu-west-1:123456789012:failed';
const bus = 'arn:aws:events:eu-west-1:123456789012:event-bus/orders';

function translated(
  message: string,
  arns: readonly string[],
  name = 'InvalidParameterValueException',
): UserFacingFailure {
  const error = Object.assign(new Error(message), { name });
  const failure = translateSettingsError(error, {
    doing: 'change the settings of orders',
    target: { region: 'eu-west-1', endpoint: 'AWS in eu-west-1', custom: false },
    arns,
  });
  assert.ok(UserFacingFailure.is(failure));
  return failure;
}

describe('refused changes of settings', () => {
  it('name the permission that the execution role lacks, and for what', () => {
    const failure = translated(`The function execution role does not have permissions to call PutEvents on ${bus}`, [
      queue,
      bus,
    ]);
    assert.equal(failure.code, 'rolePermissionMissing');
    assert.match(
      failure.message,
      /events:PutEvents on arn:aws:events:eu-west-1:123456789012:event-bus\/orders\. Add it/,
    );
  });

  it('find the ARN where Lambda names only the service', () => {
    const message = 'The provided execution role does not have permissions to call SendMessage on SQS';
    assert.match(
      translated(message, [bus, queue]).message,
      /sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:failed/,
    );
    const bucket = 'arn:aws:s3:::kept';
    assert.match(
      translated('The function execution role does not have permissions to call ListBucket on S3', [queue, bucket])
        .message,
      /s3:PutObject on arn:aws:s3:::kept\/\* and s3:ListBucket on arn:aws:s3:::kept/,
    );
  });

  it('say what may be wrong with a destination that Lambda calls invalid', () => {
    const failure = translated(`The destination ARN ${queue} is invalid.`, [queue]);
    assert.equal(failure.code, 'invalidDestination');
    assert.match(failure.message, /exists, and that the function’s execution role may deliver/);
  });

  it('leave everything else to the table', () => {
    assert.equal(translated('x', [], 'TooManyRequestsException').code, 'throttled');
    assert.equal(translated('a value', []).code, 'invalidParameter');
  });
});
