import assert from 'node:assert/strict';
import { environmentVariables } from '../../../../src/local/environments/environmentVariables.ts';
import { functionDefinition } from '../../../support/environmentsHarness.ts';
import { skip } from '../../../support/skip.ts';

const source = {
  definition: functionDefinition('/work/code', 'src/app.handler'),
  version: '$LATEST',
  scope: { region: 'eu-west-1', account: '000000000000' },
  endpoint: 'http://127.0.0.1:4566',
  runtimeApi: '127.0.0.1:9001',
  logStreamName: 'stream',
  bootstrapDir: '/product/bootstrap',
  runtimeVariables: {},
  fileVariables: {},
  parent: { PATH: '/bin', HOME: '/home/me', AWS_PROFILE: 'production', SECRET: 's', AWS_SECRET_ACCESS_KEY: 'real' },
};

describe('environment variables of handlers', () => {
  it('are the table of spec 7, with real directories; of the server only what processes need', () => {
    assert.deepEqual(environmentVariables(source), {
      PATH: '/bin',
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566',
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      NODE_PATH:
        process.platform === 'win32' ? '\\work\\code\\node_modules;/work/code' : '/work/code/node_modules:/work/code',
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
      _HANDLER: 'src/app.handler',
      LAMBDA_TASK_ROOT: '/work/code',
      LAMBDA_RUNTIME_DIR: '/product/bootstrap',
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SESSION_TOKEN: 'test',
    });
  });

  it('with layers name the folders of theirs, as on Lambda', function () {
    if (process.platform === 'win32') skip(this, 'paths of Windows are written otherwise');
    const withLayers = (runtime: string): Record<string, string> =>
      environmentVariables({
        ...source,
        definition: { ...source.definition, runtime },
        optDir: '/data/layers/1',
        parent: { PATH: '/bin', LD_LIBRARY_PATH: '/lib' },
      });
    const node = withLayers('nodejs22.x');
    assert.deepEqual(
      [node['NODE_PATH'], node['PATH'], node['LD_LIBRARY_PATH'], node['PYTHONPATH']],
      [
        '/data/layers/1/nodejs/node22/node_modules:/data/layers/1/nodejs/node_modules:/work/code/node_modules:/work/code',
        '/bin:/data/layers/1/bin',
        '/lib:/data/layers/1/lib',
        undefined,
      ],
    );
    const python = withLayers('python3.12');
    assert.deepEqual(
      [python['NODE_PATH'], python['PYTHONPATH']],
      [undefined, '/data/layers/1/python/lib/python3.12/site-packages:/data/layers/1/python'],
    );
  });

  it("a function's own variables replace defaults, not what Lambda reserves", () => {
    const environment = { TZ: 'Europe/Berlin', TABLE: 't', AWS_ENDPOINT_URL_SQS: 'http://other', _HANDLER: 'x.y' };
    const variables = environmentVariables({ ...source, definition: { ...source.definition, environment } });
    assert.equal(variables['TZ'], 'Europe/Berlin');
    assert.equal(variables['TABLE'], 't');
    assert.equal(variables['AWS_ENDPOINT_URL_SQS'], 'http://other');
    assert.equal(variables['_HANDLER'], 'src/app.handler');
  });

  it('has what the runtime itself needs, whatever the function says', () => {
    const environment = { ELECTRON_RUN_AS_NODE: '0' };
    const definition = { ...source.definition, environment };
    const runtimeVariables = { ELECTRON_RUN_AS_NODE: '1' };
    assert.equal(environmentVariables({ ...source, definition, runtimeVariables })['ELECTRON_RUN_AS_NODE'], '1');
    assert.equal('ELECTRON_RUN_AS_NODE' in environmentVariables(source), false);
  });

  it('searches packages only as the runtime does', () => {
    const definition = { ...source.definition, runtime: 'python3.12' };
    assert.equal('NODE_PATH' in environmentVariables({ ...source, definition }), false);
  });

  it('the env file replaces what the template says', () => {
    const definition = { ...source.definition, environment: { TABLE: 't', MODE: 'a' } };
    const variables = environmentVariables({ ...source, definition, fileVariables: { TABLE: 'mine', TZ: 'UTC' } });
    assert.deepEqual([variables['TABLE'], variables['MODE'], variables['TZ']], ['mine', 'a', 'UTC']);
    assert.equal(variables['AWS_ACCESS_KEY_ID'], 'test');
  });

  it('credentials of the env file go with no test credentials; the services that are here stay here', () => {
    const fileVariables = { AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SECRET_ACCESS_KEY: 'secret' };
    const variables = environmentVariables({ ...source, fileVariables });
    assert.equal(variables['AWS_ACCESS_KEY_ID'], 'AKIAREAL');
    assert.equal(variables['AWS_SECRET_ACCESS_KEY'], 'secret');
    assert.equal('AWS_SESSION_TOKEN' in variables, false);
    assert.equal('AWS_CONFIG_FILE' in variables, false);
    assert.equal(variables['AWS_ENDPOINT_URL_SQS'], 'http://127.0.0.1:4566');
    assert.equal('AWS_ENDPOINT_URL_STS' in variables, false, 'a role is assumed on AWS');
  });

  it("a profile of the env file is found in the person's own files", () => {
    const variables = environmentVariables({ ...source, fileVariables: { AWS_PROFILE: 'dev' } });
    assert.equal(variables['AWS_PROFILE'], 'dev');
    assert.equal('AWS_ACCESS_KEY_ID' in variables, false);
    assert.equal(variables['AWS_CONFIG_FILE']?.replaceAll('\\', '/'), '/home/me/.aws/config');
    assert.equal(variables['AWS_SHARED_CREDENTIALS_FILE']?.replaceAll('\\', '/'), '/home/me/.aws/credentials');
    const elsewhere = { AWS_PROFILE: 'dev', AWS_CONFIG_FILE: '/other' };
    assert.equal(environmentVariables({ ...source, fileVariables: elsewhere })['AWS_CONFIG_FILE'], '/other');
  });

  it('an empty endpoint in the env file is AWS’s own', () => {
    const variables = environmentVariables({ ...source, fileVariables: { AWS_ENDPOINT_URL_S3: '', EMPTY: '' } });
    assert.equal('AWS_ENDPOINT_URL_S3' in variables, false);
    assert.equal(variables['EMPTY'], '');
  });

  it('name queues of the function’s own account at the local address, others where they are', () => {
    const environment = {
      QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/orders',
      OTHER_URL: 'https://sqs.eu-west-1.amazonaws.com/111111111111/orders',
    };
    const variables = environmentVariables({ ...source, definition: { ...source.definition, environment } });
    assert.equal(variables['QUEUE_URL'], 'http://127.0.0.1:4566/000000000000/orders');
    assert.equal(variables['OTHER_URL'], environment.OTHER_URL);
  });
});
