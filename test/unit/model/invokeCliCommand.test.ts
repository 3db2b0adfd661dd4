import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { logGroupAddress } from '../../../src/model/logGroupAddress.ts';
import { invokeCliCommand } from '../../../src/model/invokeCliCommand.ts';

describe('the AWS CLI’s command of an event', () => {
  it('sends the payload byte for byte, through the connection', () => {
    const payload = '{"a":"it\'s $HOME \\"x\\" `y`","n":9007199254740993,"l":"\nÄ"}';
    const command = invokeCliCommand(
      { functionName: 'orders', qualifier: 'live', payload },
      { region: 'eu-central-1', profile: 'my team', endpoint: 'http://127.0.0.1:4000' },
    );
    // As a shell hands it on.
    const words = execFileSync('sh', ['-c', `aws() { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' });
    assert.deepEqual(words.split('\0').slice(0, -1), [
      'lambda',
      'invoke',
      '--function-name',
      'orders',
      '--qualifier',
      'live',
      '--invocation-type',
      'Event',
      '--cli-binary-format',
      'raw-in-base64-out',
      '--payload',
      payload,
      '--region',
      'eu-central-1',
      '--profile',
      'my team',
      '--endpoint-url',
      'http://127.0.0.1:4000',
      '/dev/null',
    ]);
  });
});

describe('the console’s address of a log group', () => {
  it('escapes names as the console does, in each partition', () => {
    assert.equal(
      logGroupAddress('eu-central-1', '/aws/lambda/orders', '2026/11/25/[$LATEST]0f'),
      'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1' +
        '#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders/log-events/2026$252F11$252F25$252F$255B$2524LATEST$255D0f',
    );
    assert.match(logGroupAddress('cn-north-1', 'g'), /^https:\/\/cn-north-1\.console\.amazonaws\.cn\/.*log-group\/g$/);
    assert.match(logGroupAddress('us-gov-west-1', 'g'), /console\.amazonaws-us-gov\.com/);
  });
});
