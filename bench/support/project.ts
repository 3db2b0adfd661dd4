/** A template with functions of one file each, their records in the queue `records`. */
export function functionsWithRecords(names: readonly string[], source: string): Readonly<Record<string, string>> {
  const functions = names.map(
    (name) => `  ${name[0]?.toUpperCase()}${name.slice(1)}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}
      Runtime: nodejs22.x
      CodeUri: src/
      Handler: ${name}.handler
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Records.Arn }
`,
  );
  return {
    'template.yaml': `Transform: AWS::Serverless-2016-10-31
Resources:
  Records: { Type: AWS::SQS::Queue, Properties: { QueueName: records } }
${functions.join('')}`,
    ...Object.fromEntries(names.map((name) => [`src/${name}.js`, source])),
  };
}

/** Returns its event. */
export const trivialHandler = 'exports.handler = async (event) => event;\n';

/** A handler that notes in a file that it ran, with the `n` of its event. */
export function notingHandler(file: string): string {
  return `const { appendFileSync } = require('node:fs');
exports.handler = async (event) => {
  appendFileSync(${JSON.stringify(file)}, event.n + '\\n');
  return event;
};
`;
}
