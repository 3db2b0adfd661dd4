import assert from 'node:assert/strict';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { lambdaAuthorization, runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: round } }
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: echo
      Runtime: nodejs22.x
      Handler: echo.handler
      Events: { Round: { Type: SNS, Properties: { Topic: !Ref Topic } } }
      EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: SNS, Destination: !Ref Topic } } }
  Publisher:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: publisher
      Runtime: nodejs22.x
      Handler: publisher.handler
      Events: { Round: { Type: SNS, Properties: { Topic: !Ref Own } } }
  Own: { Type: AWS::SNS::Topic, Properties: { TopicName: own } }
`,
  'echo.mjs': 'export const handler = async () => process.env._X_AMZN_TRACE_ID;',
  // As the AWS SDK does it in a handler.
  'publisher.mjs': `
export const handler = async () => {
  const body = new URLSearchParams({ Action: 'Publish', TopicArn: 'arn:aws:sns:us-east-1:000000000000:own', Message: 'again' });
  const headers = {
    authorization: 'AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0',
    'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID,
  };
  const answer = await fetch(process.env.AWS_ENDPOINT_URL_SNS, { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(await answer.text());
};
`,
};

describe('a function that a topic invokes with what it has published there', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;

  beforeEach(async () => {
    local = await runLocalLambda({ files });
  });

  afterEach(() => local[Symbol.asyncDispose]());

  async function invoke(name: string): Promise<void> {
    await local.raw({
      method: 'POST',
      path: `/2015-03-31/functions/${name}/invocations`,
      headers: { authorization: lambdaAuthorization, 'x-amz-invocation-type': 'Event' },
      body: '{}',
    });
  }

  it('ends its loop, as on AWS', async () => {
    await invoke('publisher');
    const accepted = (pieces: readonly InvocationPiece[]): number =>
      pieces.filter(({ kind }) => kind === 'accepted').length;
    const pieces = await local.pieces(
      (all) =>
        accepted(all) > 30 ||
        all.some((piece) => piece.kind === 'outcome' && piece.condition === 'RecursiveInvocation'),
    );
    assert.equal(accepted(pieces), 17);
  });

  it('has each record of its own in the same chain', async () => {
    await invoke('echo');
    const responses = (pieces: readonly InvocationPiece[]): readonly string[] =>
      pieces.flatMap((piece) => (piece.kind === 'attemptEnded' ? [piece.response ?? ''] : []));
    const [first, second] = responses(await local.pieces((all) => responses(all).length > 1));
    assert.match(first ?? '', /Lineage=1:[\da-f]{8}:0"$/);
    assert.match(second ?? '', /Lineage=2:[\da-f]{8}:1\|1:/);
  });
});
