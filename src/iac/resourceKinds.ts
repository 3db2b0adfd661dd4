import { eventBusArn, formatArn, functionArn, queueArn, topicArn, type AccountScope } from '../model/arn.ts';

/** What a resource type makes of its physical name. */
export interface ResourceKind {
  /** The property that sets the physical name. */
  readonly nameProperty?: string;
  /** What CloudFormation calls it where the template leaves the name to it: here, the logical id, made fit. */
  defaultName?(logicalId: string): string;
  /** What `Ref` gives: the name, unless this says otherwise (spec 8.1). */
  ref?(name: string, scope: AccountScope, path: string): string;
  /** What `Fn::GetAtt` gives, by attribute. `path`: IAM's, `/` where there is none. */
  readonly attributes: Readonly<Record<string, (name: string, scope: AccountScope, path: string) => string>>;
}

const ownName = (name: string): string => name;

/** `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`: what `Ref` of a queue gives. */
export function queueUrl(name: string, { region, account }: AccountScope): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

function iamArn(type: string): (name: string, scope: AccountScope, path: string) => string {
  return (name, { account }, path) =>
    formatArn({ service: 'iam', region: '', account, resource: `${type}${path}${name}` });
}

const lambdaFunction: ResourceKind = {
  nameProperty: 'FunctionName',
  attributes: { Arn: (name, scope) => functionArn(scope, name) },
};
const layerArn = (name: string, scope: AccountScope): string =>
  formatArn({ service: 'lambda', ...scope, resource: `layer:${name}:1` });
const layer: ResourceKind = {
  nameProperty: 'LayerName',
  ref: layerArn,
  attributes: { LayerVersionArn: layerArn },
};
const table: ResourceKind = {
  nameProperty: 'TableName',
  attributes: { Arn: (name, scope) => formatArn({ service: 'dynamodb', ...scope, resource: `table/${name}` }) },
};

/** Types whose names, ARNs and attributes can be told without AWS. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::Serverless::Function': lambdaFunction,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Serverless::LayerVersion': layer,
  'AWS::Lambda::LayerVersion': layer,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: (name, scope) => queueArn(scope, name), QueueName: ownName, QueueUrl: queueUrl },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: (name, scope) => topicArn(scope, name),
    attributes: { TopicArn: (name, scope) => topicArn(scope, name), TopicName: ownName },
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    attributes: { Arn: (name, scope) => eventBusArn(scope, name), Name: ownName },
  },
  // The ARN of a rule has its bus in it, which is another property.
  'AWS::Events::Rule': { nameProperty: 'Name', attributes: {} },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    defaultName: (logicalId) => logicalId.toLowerCase(),
    attributes: { Arn: (name) => formatArn({ service: 's3', region: '', account: '', resource: name }) },
  },
  'AWS::DynamoDB::Table': table,
  'AWS::Serverless::SimpleTable': table,
  'AWS::IAM::Role': { nameProperty: 'RoleName', attributes: { Arn: iamArn('role') } },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    ref: iamArn('policy'),
    attributes: { PolicyArn: iamArn('policy') },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    attributes: { Arn: (name, scope) => formatArn({ service: 'logs', ...scope, resource: `log-group:${name}:*` }) },
  },
  'AWS::SSM::Parameter': { nameProperty: 'Name', attributes: {} },
};
