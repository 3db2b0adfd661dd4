import assert from 'node:assert/strict';
import { templateDifferences } from '../../../src/views/destinations/templateDifference.ts';
import { nodeText } from '../../../src/views/functionsTree/nodeText.ts';
import { configChildren, functionChildren, type QualifierNode } from '../../../src/views/functionsTree/nodes.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
const failed = 'arn:aws:sqs:us-east-1:000000000000:failed';
const retried = 'arn:aws:sqs:us-east-1:000000000000:retried';
const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));

describe('the template and what is in effect', () => {
  it('agree where both say the same, and where neither says anything', () => {
    const declared = { eventInvokeConfigs: [{ qualifier: '$LATEST', onFailure: failed, maximumRetryAttempts: 1 }] };
    const live = [{ functionArn: `${arn}:$LATEST`, onFailure: failed, maximumRetryAttempts: 1, lastModified: 1 }];
    assert.deepEqual(templateDifferences(declared, live, undefined), []);
    assert.deepEqual(templateDifferences({ eventInvokeConfigs: [] }, [], undefined), []);
  });

  it('differ in each setting by itself, for each qualifier', () => {
    const declared = {
      deadLetterTargetArn: failed,
      eventInvokeConfigs: [
        { qualifier: '$LATEST', onFailure: failed, maximumRetryAttempts: 0 },
        { qualifier: 'gone', maximumEventAgeInSeconds: 60 },
      ],
    };
    const live = [
      { functionArn: `${arn}:$LATEST`, onFailure: retried },
      { functionArn: `${arn}:live`, onSuccess: retried },
    ];
    assert.deepEqual(templateDifferences(declared, live, undefined), [
      { setting: 'onFailure', live: retried, declared: failed },
      { setting: 'retries', declared: 0 },
      { qualifier: 'live', setting: 'onSuccess', live: retried },
      { qualifier: 'gone', setting: 'age', declared: 60 },
      { setting: 'deadLetterQueue', declared: failed },
    ]);
  });

  it('are told apart in the rows, with both values in the tooltip', () => {
    const declared = {
      eventInvokeConfigs: [
        { qualifier: '$LATEST', onFailure: failed },
        { qualifier: 'gone', maximumEventAgeInSeconds: 60 },
      ],
    };
    const live = [{ functionArn: `${arn}:$LATEST`, onFailure: retried }];
    const differences = { template: 'template.yaml', all: templateDifferences(declared, live, undefined) };
    const children = functionChildren({ functionName: 'orders', functionArn: arn }, live, differences);
    const texts = children.map((node) => nodeText(node, english));
    assert.deepEqual(
      texts.map(({ label, description }) => `${label}: ${description}`),
      [
        'On success: none',
        'On failure: → retried (SQS queue) · differs from template.yaml',
        'Dead-letter queue: none',
        'Retries: 2 (AWS default)',
        'Maximum event age: 6 h (AWS default)',
        'Alias gone: own settings · differs from template.yaml',
      ],
    );
    assert.match(texts[1]?.tooltip ?? '', /`template\.yaml` says: SQS queue `failed`/);
    assert.match(texts[1]?.spoken ?? '', /differs from template\.yaml$/);
    assert.match(texts[1]?.capabilities ?? '', /\bdiffers\b/);
    const gone = children.at(-1) as QualifierNode;
    const [, , , age] = configChildren('orders', 'gone', gone.config, gone.differences);
    assert.match(nodeText(age, english).tooltip, /says: 1 min/);
  });
});
