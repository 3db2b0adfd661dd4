import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awsManagedPolicy, awsManagedPolicyArns } from '../../src/local/iam/awsManagedPolicies.ts';
import { evaluatePolicies } from '../../src/model/iamPolicy/evaluatePolicies.ts';
import { readPolicy } from '../../src/model/iamPolicy/policyDocument.ts';
import { runLocalLambda } from '../support/localLambda.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', 'support', 'iamPolicies.py');

type Facts = Readonly<Record<string, unknown>>;

/** Where moto does otherwise, and why ours is right. All fields that a pattern fits have to differ. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/ polic(?:y|ies): .*\.PermissionsBoundaryUsageCount$/, 'moto does not count boundaries'],
  [/^get a policy: .*\.Tags\.length$/, 'AWS leaves out what there is none of'],
  [/^(?:create a version|list versions): .*\.Document\./, 'only GetPolicyVersion tells it (IAM API reference)'],
  [/^list versions: .*\.(?:VersionId|IsDefaultVersion)$/, 'newest first'],
  [/^list versions: answer\.IsTruncated$/, 'AWS says that there are no more'],
  [/^list attached: .*\.Policy(?:Name|Arn)$/, 'in the order of attaching'],
  [/^see the boundary: .*Type$/, 'AWS has no other type than Policy'],
  [/^(?:get no version|get no policy): error\.Message$/, 'AWS’s words'],
  [/^delete an attached policy: /, 'AWS deletes none that is attached; so moto forgets it from here on'],
  [/^(?:detach|delete) a policy: /, 'as above'],
];

/** Fields whose values are made up anew each time; and boto3's second copy of an error's message. */
const incidental = /(?:Date|RoleId|PolicyId|error\.message)$/;

describe('roles and policies by boto3, beside moto', function () {
  this.timeout(120_000);
  let ours: Facts;
  let theirs: Facts;

  before(async function () {
    try {
      await run('python3', ['-c', 'import boto3']);
    } catch {
      skip(this, 'boto3 is not on this machine');
    }
    await using moto = await startMoto({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
    if (!moto) skip(this, motoMissing);
    await using local = await runLocalLambda({ files: {} });
    ours = await factsOf(local.endpoint);
    theirs = await factsOf(moto.endpoint);
  });

  it('are answered the same, field by field, but for what is listed', () => {
    const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
      (name) => !incidental.test(name) && !name.startsWith('document of'),
    );
    assert.ok(names.length > 100, `${names.length} facts`);
    const show = (name: string): string =>
      `${name}: ${JSON.stringify(ours[name])} here, ${JSON.stringify(theirs[name])} there`;
    const differ = (name: string): boolean => ours[name] !== theirs[name];
    const listed = (name: string): boolean => differences.some(([pattern]) => pattern.test(name));
    assert.deepEqual(names.filter((name) => differ(name) && !listed(name)).map(show), [], 'differences nobody listed');
    assert.deepEqual(names.filter((name) => !differ(name) && listed(name)).map(show), [], 'listed, and no difference');
    for (const [pattern, why] of differences) {
      assert.ok(
        names.some((name) => pattern.test(name)),
        `Nothing is like ${pattern.source}: take it off (${why})`,
      );
    }
  });

  it('AWS’s own policies allow what moto’s copies of them allow, of all that deliveries need', () => {
    const requests = [
      ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:000000000000:q'],
      ['sqs:ReceiveMessage', 'arn:aws:sqs:us-east-1:000000000000:q'],
      ['sns:Publish', 'arn:aws:sns:us-east-1:000000000000:t'],
      ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:000000000000:function:f'],
      ['events:PutEvents', 'arn:aws:events:us-east-1:000000000000:event-bus/b'],
      ['s3:PutObject', 'arn:aws:s3:::b/aws/lambda/async/f/x'],
      ['s3:GetObject', 'arn:aws:s3:::b/x'],
      ['s3:ListBucket', 'arn:aws:s3:::b'],
      ['logs:PutLogEvents', 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:log-stream:s'],
      ['logs:CreateLogStream', 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda-insights:log-stream:s'],
      ['iam:PassRole', 'arn:aws:iam::000000000000:role/r'],
      ['iam:ListRoles', '*'],
      ['xray:PutTraceSegments', '*'],
      ['kinesis:GetRecords', '*'],
      ['dynamodb:GetRecords', '*'],
      ['ec2:CreateNetworkInterface', '*'],
      ['ssm:GetParameter', '*'],
    ] as const;
    const decisions = (document: string): readonly string[] =>
      requests.map(([action, resource]) => {
        const request = { action, resource, context: new Map<string, readonly string[]>() };
        return `${action} ${evaluatePolicies(readPolicy(document), request).decision}`;
      });
    for (const arn of awsManagedPolicyArns()) {
      const own = awsManagedPolicy(arn)?.document ?? '';
      assert.deepEqual(decisions(own), decisions(String(theirs[`document of ${arn}`])), arn);
      assert.equal(ours[`document of ${arn}`], pythonJson(own), arn);
    }
  });
});

/** JSON with the blanks that Python writes. */
function pythonJson(text: string): string {
  const write = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const parts = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item)}`);
    return `{${parts.join(', ')}}`;
  };
  return write(JSON.parse(text));
}

async function factsOf(endpoint: string): Promise<Facts> {
  const { stdout } = await run('python3', [script, endpoint, ...awsManagedPolicyArns()], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Facts;
}
