/** One of AWS's own policies. */
export interface AwsManagedPolicy {
  readonly name: string;
  /** `/`, or `/service-role/`. */
  readonly path: string;
  /** Of the version that this is. */
  readonly version: string;
  /** JSON. */
  readonly document: string;
}

/** AWS's own policy of an ARN; `undefined`: local Lambda does not know what it allows. */
export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  const [, path] = /^arn:aws[\w-]*:iam::aws:policy(\/.+)$/.exec(arn) ?? [];
  const policy = path === undefined ? undefined : policies[path];
  if (path === undefined || !policy || !Object.hasOwn(policies, path)) return undefined;
  const [version, ...statements] = policy;
  const cut = path.lastIndexOf('/') + 1;
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements.map(statementOf) }, undefined, 4);
  return { name: path.slice(cut), path: path.slice(0, cut), version, document };
}

/** The ARNs of all that are known. */
export function awsManagedPolicyArns(): readonly string[] {
  return Object.keys(policies).map((path) => `arn:aws:iam::aws:policy${path}`);
}

/** Actions that are allowed, and where; all but these with `not`. */
interface Grant {
  readonly actions: readonly string[];
  readonly on?: string;
  readonly not?: true;
  /** `StringEquals`. */
  readonly where?: Readonly<Record<string, string>>;
}

function statementOf({ actions, on = '*', not, where }: Grant): Readonly<Record<string, unknown>> {
  return {
    Effect: 'Allow',
    [not === true ? 'NotAction' : 'Action']: actions,
    Resource: on,
    ...(where === undefined ? {} : { Condition: { StringEquals: where } }),
  };
}

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const interfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
];
const streams = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];
const xray = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];

/**
 * Those that execution roles have (AWS Managed Policy Reference Guide). Of wide ones only what concerns the services that local
 * Lambda has is complete.
 */
const policies: Readonly<Record<string, readonly [version: string, ...Grant[]]>> = {
  '/service-role/AWSLambdaBasicExecutionRole': ['v1', { actions: logs }],
  '/service-role/AWSLambdaVPCAccessExecutionRole': [
    'v3',
    { actions: [...logs, ...interfaces, 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'] },
  ],
  '/service-role/AWSLambdaRole': ['v1', { actions: ['lambda:InvokeFunction'] }],
  '/service-role/AWSLambdaSQSQueueExecutionRole': [
    'v1',
    { actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...logs] },
  ],
  '/service-role/AWSLambdaKinesisExecutionRole': [
    'v2',
    {
      actions: [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
        'kinesis:ListStreams',
        'kinesis:SubscribeToShard',
        ...logs,
      ],
    },
  ],
  '/service-role/AWSLambdaDynamoDBExecutionRole': ['v1', { actions: [...streams, ...logs] }],
  '/AWSLambdaInvocation-DynamoDB': ['v1', { actions: ['lambda:InvokeFunction'] }, { actions: streams }],
  '/AWSLambdaExecute': [
    'v1',
    { actions: ['logs:*'], on: 'arn:aws:logs:*:*:*' },
    { actions: ['s3:GetObject', 's3:PutObject'], on: 'arn:aws:s3:::*' },
  ],
  '/AWSXRayDaemonWriteAccess': ['v2', { actions: xray }],
  '/AWSXrayWriteOnlyAccess': ['v2', { actions: xray }],
  '/CloudWatchLambdaInsightsExecutionRolePolicy': [
    'v1',
    { actions: ['logs:CreateLogGroup'] },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      on: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*',
    },
  ],
  '/CloudWatchLogsFullAccess': [
    'v8',
    { actions: ['logs:*', 'cloudwatch:GenerateQuery', 'cloudwatch:GenerateQueryResultsSummary'] },
  ],
  '/AmazonSQSFullAccess': ['v1', { actions: ['sqs:*'] }],
  '/AmazonSQSReadOnlyAccess': [
    'v4',
    {
      actions: [
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ListDeadLetterSourceQueues',
        'sqs:ListQueues',
        'sqs:ListMessageMoveTasks',
        'sqs:ListQueueTags',
      ],
    },
  ],
  '/AmazonSNSFullAccess': ['v2', { actions: ['sns:*'] }],
  '/AmazonEventBridgeFullAccess': ['v7', { actions: ['events:*', 'schemas:*', 'scheduler:*', 'pipes:*'] }],
  '/AmazonS3FullAccess': ['v2', { actions: ['s3:*', 's3-object-lambda:*'] }],
  '/AmazonS3ReadOnlyAccess': [
    'v3',
    { actions: ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'] },
  ],
  '/AWSLambda_FullAccess': [
    'v7',
    {
      actions: [
        'cloudformation:DescribeStacks',
        'cloudformation:ListStackResources',
        'cloudwatch:ListMetrics',
        'cloudwatch:GetMetricData',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iam:ListRoles',
        'lambda:*',
        'logs:DescribeLogGroups',
      ],
    },
    { actions: ['iam:PassRole'], where: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    {
      actions: ['logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:FilterLogEvents'],
      on: 'arn:aws:logs:*:*:log-group:/aws/lambda/*',
    },
  ],
  '/AmazonSSMReadOnlyAccess': ['v1', { actions: ['ssm:Describe*', 'ssm:Get*', 'ssm:List*'] }],
  '/AdministratorAccess': ['v1', { actions: ['*'] }],
  '/PowerUserAccess': [
    'v12',
    { actions: ['iam:*', 'organizations:*', 'account:*'], not: true },
    {
      actions: [
        'account:GetAccountInformation',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeOrganization',
      ],
    },
  ],
};
