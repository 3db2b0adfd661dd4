/** A function that fails when its event says so, SQS on both sides, a dead-letter queue, and a second function. */
export const twoFunctions: Readonly<Record<string, string>> = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: src, Timeout: 5 }
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      Handler: worker.handler
      Description: Works
      Environment: { Variables: { COLOUR: red } }
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Good.Arn }
          OnFailure: { Type: SQS, Destination: !GetAtt Bad.Arn }
  Other:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: other, Handler: other.handler }
  Busy:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: busy, Handler: other.handler, ReservedConcurrentExecutions: 0 }
  Good: { Type: AWS::SQS::Queue, Properties: { QueueName: good } }
  Bad: { Type: AWS::SQS::Queue, Properties: { QueueName: bad } }
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: dead } }
`,
  'src/worker.mjs': `
export const handler = async (event) => {
  console.log('got', JSON.stringify(event));
  if (event.fail) throw new TypeError('as asked');
  return { colour: process.env.COLOUR, event };
};
`,
  'src/other.mjs': `
export const handler = async () => null;
`,
};
