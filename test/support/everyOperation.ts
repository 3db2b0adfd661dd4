import { deploymentPackage } from './deploymentPackage.ts';

/** A call of an operation, in the words of its model; bytes are `{ $base64 }`, `{ $: 'Name.0.Path' }` is of the answer named so. */
export interface OperationCall {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The name that later calls know its answer by. */
  readonly as?: string;
  /** What its answer holds, as JSON; of one that has to be refused, what the refusal says. */
  readonly has?: RegExp;
  readonly isRefused?: true;
}

const account = '000000000000';
const base64 = (bytes: Uint8Array | string): { readonly $base64: string } => ({
  $base64: Buffer.from(bytes).toString('base64'),
});
const of = (path: string): { readonly $: string } => ({ $: path });
const call = (
  operation: string,
  parameters: OperationCall['parameters'] = {},
  has?: RegExp,
  as?: string,
): OperationCall => ({
  operation,
  parameters,
  ...(has === undefined ? {} : { has }),
  ...(as === undefined ? {} : { as }),
});

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const allow = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }],
});

const fn = { FunctionName: 'fn' };
const functionArn = `arn:aws:lambda:us-east-1:${account}:function:fn`;
const queueArn = `arn:aws:sqs:us-east-1:${account}:q`;
const source = 'exports.handler = async (event) => { console.log("seen", event.n); return event; };';
const code = { S3Bucket: 'code', S3Key: 'fn.zip' };

const s3: readonly OperationCall[] = [
  call('CreateBucket', { Bucket: 'code' }, /"\/code"/),
  call('ListBuckets', {}, /"code"/),
  call('HeadBucket', { Bucket: 'code' }),
  call('GetBucketLocation', { Bucket: 'code' }),
  call('PutObject', {
    Bucket: 'code',
    Key: 'fn.zip',
    Body: base64(deploymentPackage([{ path: 'index.js', text: source }])),
  }),
  call('PutObject', { Bucket: 'code', Key: 'text', Body: base64('hello'), ContentType: 'text/plain' }, /ETag/),
  call('HeadObject', { Bucket: 'code', Key: 'text' }, /"ContentLength": ?5/),
  call('GetObject', { Bucket: 'code', Key: 'text' }, /text\/plain/),
  call('CopyObject', { Bucket: 'code', Key: 'copy', CopySource: 'code/text' }, /ETag/),
  call('ListObjects', { Bucket: 'code' }, /"copy".*"text"/s),
  call('ListObjectsV2', { Bucket: 'code', Prefix: 'c' }, /"copy"/),
  call('GetBucketAcl', { Bucket: 'code' }, /FULL_CONTROL/),
  call('GetBucketVersioning', { Bucket: 'code' }),
  call('GetBucketNotificationConfiguration', { Bucket: 'code' }),
  call('GetBucketNotification', { Bucket: 'code' }),
  call('GetBucketLogging', { Bucket: 'code' }),
  call('GetBucketAccelerateConfiguration', { Bucket: 'code' }),
  call('GetBucketRequestPayment', { Bucket: 'code' }, /BucketOwner/),
  call('GetBucketEncryption', { Bucket: 'code' }, /AES256/),
  call('GetObjectAcl', { Bucket: 'code', Key: 'text' }, /FULL_CONTROL/),
  call('GetObjectTagging', { Bucket: 'code', Key: 'text' }, /TagSet/),
  call('DeleteObject', { Bucket: 'code', Key: 'text' }),
  call('DeleteObjects', { Bucket: 'code', Delete: { Objects: [{ Key: 'copy' }, { Key: 'none' }] } }, /"copy"/),
  call('CreateBucket', { Bucket: 'empty' }),
  call('DeleteBucket', { Bucket: 'empty' }),
];

const role = { RoleName: 'r' };
const policyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const ownPolicy = { PolicyArn: `arn:aws:iam::${account}:policy/own` };
const roleArn = `arn:aws:iam::${account}:role/r`;
const simulated = { ActionNames: ['sqs:SendMessage'], ResourceArns: [queueArn] };
const deny = allow.replace('Allow', 'Deny');
const conditional = allow.replace(
  '"Resource"',
  '"Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}},"Resource"',
);
const iam: readonly OperationCall[] = [
  call('CreateRole', { ...role, AssumeRolePolicyDocument: trust }, /:role\/r"/),
  call('GetRole', role, /lambda\.amazonaws\.com/),
  call('ListRoles', {}, /"r"/),
  call('UpdateAssumeRolePolicy', { ...role, PolicyDocument: trust }),
  call('TagRole', { ...role, Tags: [{ Key: 'a', Value: 'b' }] }),
  call('ListRoleTags', role, /"a"/),
  call('UntagRole', { ...role, TagKeys: ['a'] }),
  call('PutRolePolicy', { ...role, PolicyName: 'p', PolicyDocument: allow }),
  call('GetRolePolicy', { ...role, PolicyName: 'p' }, /sqs:SendMessage/),
  call('ListRolePolicies', role, /"p"/),
  call('AttachRolePolicy', { ...role, PolicyArn: policyArn }),
  call('ListAttachedRolePolicies', role, /AWSLambdaBasicExecutionRole/),
  call('ListInstanceProfilesForRole', role),
  call('PutRolePermissionsBoundary', { ...role, PermissionsBoundary: policyArn }),
  call('DeleteRolePermissionsBoundary', role),
  call('CreatePolicy', { PolicyName: 'own', PolicyDocument: allow }, /:policy\/own"/),
  call('GetPolicy', ownPolicy, /"DefaultVersionId": ?"v1"/),
  call('ListPolicies', { Scope: 'Local' }, /"own"/),
  call('CreatePolicyVersion', { ...ownPolicy, PolicyDocument: deny, SetAsDefault: true }, /"v2"/),
  call('GetPolicyVersion', { ...ownPolicy, VersionId: 'v1' }, /sqs:SendMessage/),
  call('ListPolicyVersions', ownPolicy, /"v2".*"v1"/s),
  call('TagPolicy', { ...ownPolicy, Tags: [{ Key: 'a', Value: 'b' }] }),
  call('ListPolicyTags', ownPolicy, /"a"/),
  call('UntagPolicy', { ...ownPolicy, TagKeys: ['a'] }),
  call('SimulatePrincipalPolicy', { PolicySourceArn: roleArn, ...simulated }, /"allowed".*role_r_p/s),
  call('AttachRolePolicy', { ...role, ...ownPolicy }),
  call('SimulatePrincipalPolicy', { PolicySourceArn: roleArn, ...simulated }, /"explicitDeny".*"own"/s),
  call('SetDefaultPolicyVersion', { ...ownPolicy, VersionId: 'v1' }),
  call('SimulatePrincipalPolicy', { PolicySourceArn: roleArn, ...simulated }, /"allowed".*"own"/s),
  call('SimulateCustomPolicy', { PolicyInputList: [conditional], ...simulated }, /"implicitDeny".*aws:TagKeys/s),
  call(
    'SimulateCustomPolicy',
    {
      PolicyInputList: [conditional],
      ...simulated,
      ContextEntries: [{ ContextKeyName: 'aws:TagKeys', ContextKeyType: 'stringList', ContextKeyValues: ['b', 'a'] }],
    },
    /"allowed".*PolicyInputList\.1/s,
  ),
  call('DetachRolePolicy', { ...role, ...ownPolicy }),
  call('DeletePolicyVersion', { ...ownPolicy, VersionId: 'v2' }),
  call('DeletePolicy', ownPolicy),
  call('DetachRolePolicy', { ...role, PolicyArn: policyArn }),
  call('DeleteRolePolicy', { ...role, PolicyName: 'p' }),
  call('DeleteRole', role),
];

const sts: readonly OperationCall[] = [
  call('GetCallerIdentity', {}, /"000000000000"/),
  call(
    'AssumeRole',
    { RoleArn: `arn:aws:iam::${account}:role/r`, RoleSessionName: 'session' },
    /assumed-role\/r\/session/,
  ),
];

const lambda: readonly OperationCall[] = [
  call(
    'CreateFunction',
    { ...fn, Runtime: 'nodejs22.x', Role: `arn:aws:iam::${account}:role/r`, Handler: 'index.handler', Code: code },
    /"State": ?"Active"/,
  ),
  call('ListFunctions', {}, /"fn"/),
  call('GetFunction', fn, /"Location"/),
  call('GetFunctionConfiguration', fn, /"index\.handler"/),
  call('UpdateFunctionConfiguration', { ...fn, Description: 'changed' }, /"changed"/),
  call('UpdateFunctionCode', { ...fn, ...code }, /CodeSha256/),
  call('PublishVersion', fn, /"Version": ?"1"/),
  call('ListVersionsByFunction', fn, /"\$LATEST".*"1"/s),
  call('CreateAlias', { ...fn, Name: 'live', FunctionVersion: '1' }, /:fn:live"/),
  call('GetAlias', { ...fn, Name: 'live' }, /"FunctionVersion": ?"1"/),
  call('UpdateAlias', { ...fn, Name: 'live', Description: 'now' }, /"now"/),
  call('ListAliases', fn, /"live"/),
  call('PutFunctionConcurrency', { ...fn, ReservedConcurrentExecutions: 3 }, /3/),
  call('GetFunctionConcurrency', fn, /3/),
  call('DeleteFunctionConcurrency', fn),
  call('PutFunctionRecursionConfig', { ...fn, RecursiveLoop: 'Allow' }, /Allow/),
  call('GetFunctionRecursionConfig', fn, /Allow/),
  call('AddPermission', {
    ...fn,
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
  }),
  call('GetPolicy', fn, /s3\.amazonaws\.com/),
  call('RemovePermission', { ...fn, StatementId: 's' }),
  call('TagResource', { Resource: functionArn, Tags: { a: 'b' } }),
  call('ListTags', { Resource: functionArn }, /"a": ?"b"/),
  call('UntagResource', { Resource: functionArn, TagKeys: ['a'] }),
  call('GetAccountSettings', {}, /"FunctionCount": ?1/),
  call('ListEventSourceMappings', {}, /EventSourceMappings/),
  call('PutFunctionEventInvokeConfig', { ...fn, MaximumRetryAttempts: 1 }, /:fn:\$LATEST"/),
  call(
    'UpdateFunctionEventInvokeConfig',
    { ...fn, DestinationConfig: { OnFailure: { Destination: queueArn } } },
    /"MaximumRetryAttempts": ?1/,
  ),
  call('GetFunctionEventInvokeConfig', fn, /sqs/),
  call('ListFunctionEventInvokeConfigs', fn, /sqs/),
  call('DeleteFunctionEventInvokeConfig', fn),
  call('Invoke', { ...fn, Payload: base64('{"n":1}'), LogType: 'Tail' }, /LogResult/),
  call('Invoke', { ...fn, Payload: base64('{"n":2}'), InvocationType: 'Event' }, /202/),
  call('Invoke', { ...fn, InvocationType: 'DryRun' }, /204/),
  call('InvokeAsync', { ...fn, InvokeArgs: base64('{"n":3}') }, /202/),
  call('DeleteAlias', { ...fn, Name: 'live' }),
  call('DeleteFunction', fn),
];

const group = { logGroupName: '/own' };
const logs: readonly OperationCall[] = [
  call('CreateLogGroup', group),
  call('DescribeLogGroups', { logGroupNamePrefix: '/own' }, /"\/own"/),
  call('CreateLogStream', { ...group, logStreamName: 's' }),
  call('DescribeLogStreams', group, /"s"/),
  call('PutLogEvents', {
    ...group,
    logStreamName: 's',
    logEvents: ['{"level":"ERROR","n":7}', 'plain ERROR', '127.0.0.1 404'].map((message) => ({
      timestamp: Date.now(),
      message,
    })),
  }),
  call('GetLogEvents', { ...group, logStreamName: 's', startFromHead: true }, /plain ERROR/),
  call('FilterLogEvents', { ...group, filterPattern: '{ $.level = "ERROR" && $.n > 6 }' }, /^(?!.*plain).*level/s),
  call('FilterLogEvents', { ...group, filterPattern: '?nothing ?plain' }, /^(?!.*level).*plain/s),
  call('FilterLogEvents', { ...group, filterPattern: '[ip, status = 404]' }, /^(?!.*plain).*127/s),
  call('StartLiveTail', { logGroupIdentifiers: [`arn:aws:logs:us-east-1:${account}:log-group:/own`] }, /sessionStart/),
  call('DeleteLogStream', { ...group, logStreamName: 's' }),
  call('DeleteLogGroup', group),
];

const url = { QueueUrl: of('q.QueueUrl') };
const received = { ...url, ReceiptHandle: of('received.Messages.0.ReceiptHandle') };
const dlqArn = `arn:aws:sqs:us-east-1:${account}:dlq`;
const sqs: readonly OperationCall[] = [
  call('CreateQueue', { QueueName: 'dlq' }, /dlq/, 'dlq'),
  call('CreateQueue', { QueueName: 'q' }, /\/q"/, 'q'),
  call('GetQueueUrl', { QueueName: 'q' }, /\/q"/),
  call('ListQueues', {}, /\/q"/),
  call('SetQueueAttributes', {
    ...url,
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1 }) },
  }),
  call('GetQueueAttributes', { ...url, AttributeNames: ['All'] }, /RedrivePolicy/),
  call('ListDeadLetterSourceQueues', { QueueUrl: of('dlq.QueueUrl') }, /\/q"/),
  call('TagQueue', { ...url, Tags: { a: 'b' } }),
  call('ListQueueTags', url, /"a": ?"b"/),
  call('UntagQueue', { ...url, TagKeys: ['a'] }),
  call('AddPermission', { ...url, Label: 'l', AWSAccountIds: ['111111111111'], Actions: ['SendMessage'] }),
  call('RemovePermission', { ...url, Label: 'l' }),
  call('SendMessage', { ...url, MessageBody: 'one' }, /MD5OfMessageBody/),
  call('ReceiveMessage', { ...url, AttributeNames: ['All'], VisibilityTimeout: 30 }, /"Body": ?"one"/, 'received'),
  call('ChangeMessageVisibility', { ...received, VisibilityTimeout: 60 }),
  call('DeleteMessage', received),
  call('SendMessageBatch', { ...url, Entries: ['1', '2'].map((Id) => ({ Id, MessageBody: `batch ${Id}` })) }, /"1"/),
  call('ReceiveMessage', { ...url, MaxNumberOfMessages: 2, VisibilityTimeout: 30 }, /batch 2/, 'received'),
  call(
    'ChangeMessageVisibilityBatch',
    { ...url, Entries: [{ Id: 'a', ReceiptHandle: of('received.Messages.0.ReceiptHandle'), VisibilityTimeout: 0 }] },
    /"a"/,
  ),
  call(
    'DeleteMessageBatch',
    { ...url, Entries: [{ Id: 'b', ReceiptHandle: of('received.Messages.1.ReceiptHandle') }] },
    /"b"/,
  ),
  // Received too often: it goes to the dead-letter queue.
  call('ReceiveMessage', url),
  call(
    'SendMessageBatch',
    { QueueUrl: of('dlq.QueueUrl'), Entries: [...'0123456789'].map((Id) => ({ Id, MessageBody: 'a letter' })) },
    /"9"/,
  ),
  call(
    'StartMessageMoveTask',
    { SourceArn: dlqArn, DestinationArn: queueArn, MaxNumberOfMessagesPerSecond: 1 },
    /TaskHandle/,
    'task',
  ),
  call('ListMessageMoveTasks', { SourceArn: dlqArn }, /"RUNNING"/),
  call('CancelMessageMoveTask', { TaskHandle: of('task.TaskHandle') }, /ApproximateNumberOfMessagesMoved/),
  call('PurgeQueue', url),
  call('DeleteQueue', url),
];

const topic = { TopicArn: of('topic.TopicArn') };
const subscription = { SubscriptionArn: of('subscription.SubscriptionArn') };
const sns: readonly OperationCall[] = [
  call('CreateTopic', { Name: 't' }, /:t"/, 'topic'),
  call('ListTopics', {}, /:t"/),
  call('SetTopicAttributes', { ...topic, AttributeName: 'DisplayName', AttributeValue: 'shown' }),
  call('GetTopicAttributes', topic, /"shown"/),
  call('TagResource', { ResourceArn: of('topic.TopicArn'), Tags: [{ Key: 'a', Value: 'b' }] }),
  call('ListTagsForResource', { ResourceArn: of('topic.TopicArn') }, /"a"/),
  call('UntagResource', { ResourceArn: of('topic.TopicArn'), TagKeys: ['a'] }),
  call('Subscribe', { ...topic, Protocol: 'sqs', Endpoint: dlqArn }, /SubscriptionArn/, 'subscription'),
  call('SetSubscriptionAttributes', { ...subscription, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' }),
  call('GetSubscriptionAttributes', subscription, /"RawMessageDelivery": ?"true"/),
  call('ListSubscriptions', {}, /:t:/),
  call('ListSubscriptionsByTopic', topic, /:t:/),
  call('Publish', { ...topic, Message: 'told' }, /MessageId/),
  call('PublishBatch', { ...topic, PublishBatchRequestEntries: [{ Id: 'a', Message: 'told' }] }, /"a"/),
  // Nothing that local Lambda delivers to has to confirm.
  { ...call('ConfirmSubscription', { ...topic, Token: 'none' }, /[Tt]oken/), isRefused: true },
  call('Unsubscribe', subscription),
  call('DeleteTopic', topic),
];

const bus = { EventBusName: 'b' };
const ruleArn = `arn:aws:events:us-east-1:${account}:rule/b/rule`;
const pattern = JSON.stringify({ source: ['lambda'] });
const sample = JSON.stringify({
  ...{ id: '1', account, source: 'lambda', time: '2026-01-01T00:00:00Z', region: 'us-east-1' },
  ...{ resources: [], 'detail-type': 't', detail: {} },
});
const events: readonly OperationCall[] = [
  call('CreateEventBus', { Name: 'b' }, /event-bus\/b/),
  call('ListEventBuses', {}, /"default"/),
  call('DescribeEventBus', { Name: 'b' }, /event-bus\/b/),
  call('PutPermission', { ...bus, StatementId: 's', Action: 'events:PutEvents', Principal: '111111111111' }),
  call('RemovePermission', { ...bus, StatementId: 's' }),
  call('PutRule', { ...bus, Name: 'rule', EventPattern: pattern }, /rule\/b\/rule/),
  call('DescribeRule', { ...bus, Name: 'rule' }, /lambda/),
  call('ListRules', bus, /"rule"/),
  call('DisableRule', { ...bus, Name: 'rule' }),
  call('EnableRule', { ...bus, Name: 'rule' }),
  call('TagResource', { ResourceARN: ruleArn, Tags: [{ Key: 'a', Value: 'b' }] }),
  call('ListTagsForResource', { ResourceARN: ruleArn }, /"a"/),
  call('UntagResource', { ResourceARN: ruleArn, TagKeys: ['a'] }),
  call('PutTargets', { ...bus, Rule: 'rule', Targets: [{ Id: 'one', Arn: dlqArn }] }, /"FailedEntryCount": ?0/),
  call('ListTargetsByRule', { ...bus, Rule: 'rule' }, /"one"/),
  call('ListRuleNamesByTarget', { ...bus, TargetArn: dlqArn }, /"rule"/),
  call('TestEventPattern', { EventPattern: pattern, Event: sample }, /true/),
  call('PutEvents', { Entries: [{ Source: 'own', DetailType: 't', Detail: '{}' }] }, /"FailedEntryCount": ?0/),
  call('RemoveTargets', { ...bus, Rule: 'rule', Ids: ['one'] }, /"FailedEntryCount": ?0/),
  call('DeleteRule', { ...bus, Name: 'rule' }),
  call('DeleteEventBus', { Name: 'b' }),
];

const metric = { Namespace: 'Own', MetricName: 'm' };
const seconds = Math.floor(Date.now() / 1000);
const span = { StartTime: seconds - 600, EndTime: seconds + 600 };
const cloudwatch: readonly OperationCall[] = [
  call('PutMetricData', { Namespace: 'Own', MetricData: [{ MetricName: 'm', Value: 7 }] }),
  call('ListMetrics', { Namespace: 'Own' }, /"m"/),
  call('GetMetricStatistics', { ...metric, ...span, Period: 60, Statistics: ['Sum'] }, /7/),
  call(
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } }] },
    /7/,
  ),
];

/** By service. */
export const everyOperation: Readonly<Record<string, readonly OperationCall[]>> = {
  s3,
  sts,
  iam,
  sqs,
  sns,
  events,
  logs,
  cloudwatch,
  lambda,
};

/** Services in an order that works from nothing: the later ones need what the earlier have made. Chains don't meet. */
export const chainsOfServices = [
  ['s3', 'lambda'],
  ['sqs', 'sns', 'events'],
  ['sts', 'iam', 'logs', 'cloudwatch'],
] as const;
