import assert from 'node:assert/strict';
import { readTemplate } from '../../../src/iac/readTemplate.ts';
import type { DeclaredFunction } from '../../../src/iac/declarations.ts';
import { cloudFormationText, samText, type LiveSettings } from '../../../src/model/cloudFormation.ts';

const scope = { region: 'eu-west-1', account: '123456789012' };
const queue = 'arn:aws:sqs:eu-west-1:123456789012:failed';
const topic = 'arn:aws:sns:eu-west-1:123456789012:done';
const bucket = 'arn:aws:s3:::kept';
const settings: LiveSettings = {
  functionName: 'orders',
  deadLetterTargetArn: queue,
  configs: [
    { qualifier: '$LATEST', values: { maximumRetryAttempts: 0, onSuccess: topic, onFailure: queue } },
    { qualifier: '1', values: { maximumEventAgeInSeconds: 60 } },
    { qualifier: 'live', values: { onFailure: bucket } },
  ],
};

/** What a template that the text is put into declares. The function is there already: it gets what the text adds. */
function declared(text: string, type: string, resources = ''): DeclaredFunction | undefined {
  const isSam = type.startsWith('AWS::Serverless');
  const own = ['Handler: app.handler', 'Runtime: nodejs22.x', 'FunctionName: orders']
    .concat(isSam ? [] : ['Role: arn:aws:iam::123456789012:role/x', 'Code: { ZipFile: "x" }'])
    .map((line) => `      ${line}\n`)
    .join('');
  const whole = text.includes('\n  Orders:\n')
    ? text.replace('\n  Orders:\n    Properties:\n', `\n  Orders:\n    Type: ${type}\n    Properties:\n${own}`)
    : `${text}  Orders:\n    Type: ${type}\n    Properties:\n${own}`;
  const template = `${isSam ? 'Transform: AWS::Serverless-2016-10-31\n' : ''}${whole}${resources}`;
  const { functions, problems } = readTemplate({ file: '/work/template.yaml', text: template, scope });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
    template,
  );
  return functions.find(({ functionName }) => functionName === 'orders');
}

const expectedConfigs = [
  { qualifier: '$LATEST', maximumRetryAttempts: 0, onSuccess: topic, onFailure: queue },
  { qualifier: '1', maximumEventAgeInSeconds: 60 },
  { qualifier: 'live', onFailure: bucket },
];

describe('settings as a template', () => {
  it('come back from CloudFormation as they were', () => {
    const fn = declared(cloudFormationText(settings), 'AWS::Lambda::Function');
    assert.deepEqual(fn?.eventInvokeConfigs, expectedConfigs);
    assert.equal(fn.deadLetterTargetArn, queue);
  });

  it('come back from SAM as they were', () => {
    const text = samText(settings);
    assert.match(text, /OnSuccess:\n\s+Type: SNS\n/);
    const fn = declared(text, 'AWS::Serverless::Function');
    assert.deepEqual(
      fn?.eventInvokeConfigs.toSorted((a, b) => a.qualifier.localeCompare(b.qualifier)),
      expectedConfigs,
    );
    assert.equal(fn.deadLetterTargetArn, queue);
  });

  it('name what the template declares by its logical id', () => {
    const ids: Readonly<Record<string, string>> = { [queue]: 'Failed', [topic]: 'Done' };
    const names = { logicalId: 'Orders', logicalIdOf: (arn: string): string | undefined => ids[arn] };
    const resources =
      '  Failed:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: failed\n' +
      '  Done:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: done\n';
    const text = cloudFormationText(settings, names);
    assert.ok(!text.includes(queue) && !text.includes(topic), text);
    assert.deepEqual(declared(text, 'AWS::Lambda::Function', resources)?.eventInvokeConfigs, expectedConfigs);
    const sam = declared(samText(settings, names), 'AWS::Serverless::Function', resources);
    assert.equal(sam?.deadLetterTargetArn, queue);
    assert.equal(sam.eventInvokeConfigs.find(({ qualifier }) => qualifier === '$LATEST')?.onSuccess, topic);
  });

  it('leave to SAM what SAM makes', () => {
    const implicit = 'OrdersEventInvokeConfigOnFailureQueue';
    const names = { logicalId: 'Orders', logicalIdOf: () => implicit };
    const text = samText(
      { functionName: 'orders', configs: [{ qualifier: '$LATEST', values: { onFailure: queue } }] },
      names,
    );
    assert.match(text, /OnFailure:\n\s+Type: SQS\n$/);
  });

  it('say when there is nothing to say', () => {
    const none = { functionName: 'orders', configs: [] };
    assert.match(cloudFormationText(none), /^# orders has no settings/);
    assert.equal(samText(none), cloudFormationText(none));
  });

  it('quote what YAML would read as something else', () => {
    const text = cloudFormationText({ functionName: 'on', configs: [{ qualifier: '007', values: {} }] });
    assert.match(text, /FunctionName: "on"\n\s+Qualifier: "007"\n/);
  });
});
