/** A function that does nothing, its records in a queue. */
export const trivialFunction: Readonly<Record<string, string>> = {
  'template.yaml': `Transform: AWS::Serverless-2016-10-31
Resources:
  Records: { Type: AWS::SQS::Queue, Properties: { QueueName: records } }
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      Runtime: nodejs22.x
      CodeUri: src/
      Handler: worker.handler
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Records.Arn }
`,
  'src/worker.mjs': 'export const handler = async (event) => event;\n',
};
