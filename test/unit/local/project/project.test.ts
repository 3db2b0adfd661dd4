import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTemplate } from '../../../../src/iac/readTemplate.ts';
import type { Logger } from '../../../../src/model/logger.ts';
import { declaredConfigs, DeclaredResources } from '../../../../src/local/project/declaredResources.ts';
import { definitionOf } from '../../../../src/local/project/functionDefinitions.ts';
import { Project, type ProjectReading } from '../../../../src/local/project/project.ts';

const scope = { region: 'us-east-1', account: '000000000000' };

function logger(): Logger & { readonly said: string[] } {
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  return { said, trace: say, debug: say, info: say, warn: say, error: say };
}

const template = (name: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, Runtime: nodejs22.x, Handler: a.handler, CodeUri: src }
`;

describe('a project', () => {
  let folder: string;
  let project: Project | undefined;
  const readings: ProjectReading[] = [];
  let told = (): void => undefined;

  const open = async (): Promise<void> => {
    project = await Project.open(
      { projectDir: folder, codeDir: join(folder, '.code'), scope, log: logger(), settleMs: 5 },
      (reading) => {
        readings.push(reading);
        told();
      },
    );
  };
  const names = (reading: ProjectReading | undefined): readonly string[] | undefined =>
    reading?.declared?.functions.map(({ functionName }) => functionName);
  const reading = async (wanted: (one: ProjectReading) => boolean): Promise<ProjectReading> => {
    for (;;) {
      const found = readings.find(wanted);
      if (found) return found;
      await new Promise<void>((resolve) => (told = resolve));
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    readings.length = 0;
  });

  afterEach(async () => {
    project?.dispose();
    project = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  it('is read when it is opened: template.yaml before the others', async () => {
    await writeFile(join(folder, 'template.json'), '{"Resources":{}}');
    await writeFile(join(folder, 'template.yaml'), template('first'));
    await open();
    assert.deepEqual(readings.map(names), [['first']]);
    assert.deepEqual(readings[0]?.templates, [join(folder, 'template.yaml')]);
    const [fn] = readings[0].declared?.functions ?? [];
    assert.equal(fn?.codeDir, join(folder, 'src'));
    assert.equal(fn.lastModified, Math.floor((await stat(join(folder, 'template.yaml'))).mtimeMs));
  });

  it('without a template says so, and is read when there is one', async () => {
    await open();
    assert.deepEqual(names(readings[0]), undefined);
    assert.match(readings[0]?.problems[0]?.message ?? '', /no template here \(template\.yaml, /);
    await writeFile(join(folder, 'template.yml'), template('later'));
    assert.deepEqual(names(await reading(({ declared }) => declared !== undefined)), ['later']);
  });

  it('that no longer parses declares nothing new', async () => {
    await writeFile(join(folder, 'template.yaml'), template('first'));
    await open();
    await writeFile(join(folder, 'template.yaml'), 'Resources: {');
    const broken = await reading(({ problems }) => problems.length > 0);
    assert.equal(broken.declared, undefined);
    assert.equal(broken.problems[0]?.line, 1);
  });

  it('that can not be taken over while the disk is full is read again, untouched', async () => {
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    await writeFile(join(folder, 'template.yaml'), template('first'));
    await open();
    const taken = Promise.withResolvers<void>();
    let failures = 3;
    told = () => {
      failures -= 1;
      if (failures >= 0) throw full;
      taken.resolve();
    };
    await writeFile(join(folder, 'template.yaml'), template('second'));
    await taken.promise;
    assert.deepEqual(names(readings.at(-1)), ['second']);
  });

  it('whose template goes keeps what it had', async () => {
    await writeFile(join(folder, 'template.yaml'), template('first'));
    await open();
    await unlink(join(folder, 'template.yaml'));
    const gone = await reading(({ templates }) => templates.length === 0);
    assert.equal(gone.declared, undefined);
  });

  it('has to be a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const projectDir of [join(folder, 'none'), join(folder, 'file')]) {
      await assert.rejects(
        Project.open({ projectDir, codeDir: folder, scope, log: logger() }, () => undefined),
        { code: 'projectMissing' },
      );
    }
  });

  it('has its inline code in files, written only when it changed', async () => {
    const inline = `
Resources:
  Inline:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: inline
      Runtime: nodejs22.x
      Handler: index.handler
      Role: r
      Code: { ZipFile: "exports.handler = 1;" }
`;
    await writeFile(join(folder, 'template.yaml'), inline);
    await open();
    const file = join(folder, '.code', 'inline', 'index.js');
    assert.equal(await readFile(file, 'utf8'), 'exports.handler = 1;');
    assert.equal(readings[0]?.declared?.functions[0]?.codeDir, join(folder, '.code', 'inline'));
    const { mtimeMs } = await stat(file);
    await writeFile(join(folder, 'template.yaml'), `${inline}# the same\n`);
    await reading((one) => one !== readings[0]);
    assert.equal((await stat(file)).mtimeMs, mtimeMs);
  });

  it('keeps inline code in its folder, whatever the function is called', async () => {
    const resources = ['.', '..', '../up'].map(
      (name, index) => `
  Inline${index}:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: "${name}"
      Runtime: nodejs22.x
      Handler: index.handler
      Role: r
      Code: { ZipFile: "exports.handler = ${index};" }`,
    );
    await writeFile(join(folder, 'template.yaml'), `Resources:${resources.join('')}\n`);
    await open();
    assert.deepEqual((await readdir(folder)).toSorted(), ['.code', 'template.yaml']);
    assert.deepEqual((await readdir(join(folder, '.code'))).toSorted(), ['%2E', '%2E%2E', '%2E%2E%2Fup']);
  });
});

describe('what a template declares', () => {
  const text = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fn
      Runtime: nodejs22.x
      Handler: a.handler
      CodeUri: src
      DeadLetterQueue: { Type: SQS, TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" }
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnSuccess: { Type: SNS }
          OnFailure: { Type: SQS, Destination: "arn:aws:sqs:eu-west-1:000000000000:elsewhere" }
  Image:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: image, PackageType: Image, ImageUri: x }
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: q } }
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: t } }
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: a-bucket } }
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, RawMessageDelivery: true }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: a-bus } }
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { source: [lambda] }
      Targets: [{ Id: one, Arn: arn:aws:events:us-east-1:000000000000:event-bus/named }]
`;
  const declarations = readTemplate({ file: '/p/template.yaml', text, scope });

  it('is there from the start, what it names by ARN included; a refusal keeps nothing else away', () => {
    const made: string[] = [];
    const log = logger();
    const resources = new DeclaredResources(
      scope,
      {
        sqs: {
          ensureQueue(name) {
            if (name === 'q') throw new Error('odd name');
            made.push(`queue ${name}`);
          },
          declareQueues: (queues) => void made.push(...queues.map(({ name }) => `declared ${name}`)),
        },
        sns: {
          ensureTopic: (name, fifo) => void made.push(`topic ${name} ${fifo}`),
          declareSubscriptions: (subscriptions) =>
            void made.push(...subscriptions.map(({ topicArn, protocol }) => `${topicArn} ${protocol}`)),
        },
        s3: { ensureBucket: (name) => void made.push(`bucket ${name}`) },
        events: {
          ensureBus: (name) => void made.push(`bus ${name}`),
          declareRules: (rules) => void made.push(...rules.map(({ bus, name }) => `rule ${bus}/${name}`)),
        },
      },
      log,
    );
    resources.ensureDeclared(declarations);
    assert.deepEqual(
      [...new Set(made)].toSorted(),
      [
        'arn:aws:sns:us-east-1:000000000000:t sqs',
        'declared q',
        'bucket a-bucket',
        'bus a-bus',
        'bus named',
        'queue dead',
        'rule a-bus/Rule',
        'topic FnEventInvokeConfigOnSuccessTopic false',
        'topic t false',
      ].toSorted(),
    );
    assert.ok(log.said.every((message) => message.includes('odd name')));
  });

  it('gives configs', () => {
    assert.deepEqual(declaredConfigs(declarations), [
      {
        functionName: 'fn',
        qualifier: '$LATEST',
        settings: {
          maximumRetryAttempts: 0,
          onSuccess: 'arn:aws:sns:us-east-1:000000000000:FnEventInvokeConfigOnSuccessTopic',
          onFailure: 'arn:aws:sqs:eu-west-1:000000000000:elsewhere',
        },
      },
    ]);
  });

  it('gives functions, and why one can’t run', () => {
    const context = { scope, lastModified: 5, inlineCodeDir: (name: string): string => `/code/${name}` };
    const [fn, image] = declarations.functions.map((declared) => definitionOf(declared, context));
    assert.deepEqual(fn, {
      functionName: 'fn',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fn',
      description: '',
      runtime: 'nodejs22.x',
      handler: 'a.handler',
      codeDir: '/p/src',
      timeout: 3,
      memorySize: 128,
      environment: {},
      role: 'arn:aws:iam::000000000000:role/fn',
      roleIsMadeUp: true,
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      logGroupName: '/aws/lambda/fn',
      lastModified: 5,
    });
    assert.equal(image?.runtime, '');
    assert.match(
      image.unavailable ?? '',
      /^"image" is a container image.* give it a Runtime, a Handler and a code folder/,
    );
  });
});
