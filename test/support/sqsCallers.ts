import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SQS } from '@aws-sdk/client-sqs';

/** What an operation answers, bytes as Base64. */
export type Output = Readonly<Record<string, unknown>>;

/** An operation that was refused. `code` is that of the Query protocol, which both protocols tell. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A client of SQS that takes operations by name. Binary values go in as Base64. */
export interface SqsCaller extends AsyncDisposable {
  /** @throws Refused */
  call(operation: string, input: Output): Promise<Output>;
}

const region = 'us-east-1';

/** The AWS SDK, which speaks the JSON protocol. */
export function sdkCaller(endpoint: string): SqsCaller {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SQS({ endpoint, region, credentials, maxAttempts: 1 });
  const methods = client as unknown as Readonly<Record<string, (input: unknown) => Promise<Output>>>;
  return {
    async call(operation, input) {
      const method = operation.charAt(0).toLowerCase() + operation.slice(1);
      try {
        const { $metadata: _, ...output } = (await methods[method]?.call(client, withBytes(input))) ?? {};
        return withBase64(output) as Output;
      } catch (error) {
        const { name, message, Code } = error as Error & { readonly Code?: string };
        throw new Refused(Code ?? name, message);
      }
    },
    [Symbol.asyncDispose]() {
      client.destroy();
      return Promise.resolve();
    },
  };
}

/** One call a line, and one answer. */
const script = `
import base64, json, sys
from awscli.botocore import session
from awscli.botocore.config import Config

client = session.get_session().create_client('sqs', region_name='us-east-1', endpoint_url=sys.argv[1],
    aws_access_key_id='test', aws_secret_access_key='test',
    config=Config(retries={'max_attempts': 1}, parameter_validation=False))

def give(value):
    if isinstance(value, dict):
        return {k: base64.b64decode(v) if k == 'BinaryValue' else give(v) for k, v in value.items()}
    return [give(v) for v in value] if isinstance(value, list) else value

print('ready', flush=True)
for line in sys.stdin:
    operation, value = json.loads(line)
    try:
        output = client._make_api_call(operation, give(value))
        output.pop('ResponseMetadata', None)
        answer = {'output': output}
    except Exception as error:
        # An operation younger than this client is an error of its own, without a response.
        unsent = {'Error': {'Code': type(error).__name__, 'Message': str(error)}}
        answer = {'error': getattr(error, 'response', unsent)['Error']}
    print(json.dumps(answer, default=lambda value: base64.b64encode(value).decode()), flush=True)
`;

/**
 * The botocore of Debian 12's AWS CLI, which speaks the Query protocol as all clients did until November 2023;
 * `undefined`: this machine has none.
 */
export async function queryCaller(endpoint: string): Promise<SqsCaller | undefined> {
  const child = spawn('/usr/bin/python3', ['-c', script, endpoint], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const failed = once(child, 'error').then(() => ({ done: true as const }));
  const started = await Promise.race([lines.next(), failed]);
  if (started.done === true) return undefined;
  return {
    async call(operation, input) {
      child.stdin.write(`${JSON.stringify([operation, input])}\n`);
      const { value } = await lines.next();
      const { output, error } = JSON.parse(String(value)) as {
        readonly output?: Output;
        readonly error?: { readonly Code: string; readonly Message: string };
      };
      if (error) throw new Refused(error.Code, error.Message);
      return output ?? {};
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

function withBytes(value: unknown, key = ''): unknown {
  if (key === 'BinaryValue') return Buffer.from(String(value), 'base64');
  return mapValues(value, withBytes);
}

function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return mapValues(value, withBase64);
}

function mapValues(value: unknown, change: (value: unknown, key?: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => change(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}
