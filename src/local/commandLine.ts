import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readFaultText, type FaultRequest } from '../protocol/localFaults.ts';

/** What `lambda-destinations local` is started with. Paths are absolute. */
export interface LocalArguments {
  readonly projectDir: string;
  readonly port: number;
  /** Absent: a temporary folder. */
  readonly dataDir?: string;
  readonly timeScale: number;
  readonly region: string;
  readonly account: string;
  /** A path or a command; absent: the best one that is found for a function. */
  readonly pythonPath?: string;
  /** How functions are started, by function name or the beginning of a runtime's name; absent: nothing is said. */
  readonly runtimeCommands?: Readonly<Record<string, string>>;
  /** Absent: none. */
  readonly faults?: readonly FaultRequest[];
  /** Whether a handler that holds more memory than its function has is ended. */
  readonly memoryLimit: boolean;
  readonly fsync: boolean;
  readonly json: boolean;
}

/** What a command line asks for. `message` is one sentence for people. */
export type CommandLine =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'local'; readonly args: LocalArguments }
  | { readonly kind: 'wrong'; readonly message: string; readonly json: boolean };

/** What `--help` prints. */
export const helpText = `lambda-destinations local --project DIR [options]

Runs the functions of a SAM or CloudFormation template on this machine behind the AWS API: asynchronous invocation with
retries, destinations and dead-letter queues, and SQS, SNS, EventBridge, S3 and CloudWatch. For the AWS CLI and SDKs, by
--endpoint-url.

  --project DIR     the folder that holds template.yaml, template.yml or template.json
  --port N          the port on 127.0.0.1 (0, the default: any free one)
  --data DIR        keep queued events, queues, logs and settings there (default: a temporary folder)
  --time-scale N    make waits N times shorter: 60 makes a minute a second (default: 1, as on AWS)
  --region R        the region of all ARNs (default: us-east-1)
  --account ID      the account of all ARNs, 12 digits (default: 000000000000)
  --python PATH     the Python that runs Python handlers (default: the project's .venv, or the version declared)
  --runtime-command NAME=COMMAND
                    the shell command that starts a function, by its name or the beginning of its runtime's name, for
                    Java, .NET, Ruby and Go; may be given several times
  --fault NAME=KIND[,times=N][,p=0.2][,delay=MS][,role=ROLE][,arn=ARN]
                    a fault to make, of the function NAME or of every one (*): throttle, timeout, outOfMemory, duplicate,
                    ageOut, deliveryFailure (role and arn say which) or slowStart (delay); so many times, or as likely as p;
                    may be given several times
  --no-memory-limit let a handler hold more memory than its function has; on Linux it is ended otherwise, as on AWS
  --fsync           let accepted events survive a power loss, too; slower
  --json            print one JSON object a line, for programs; ends when standard input, if it is a pipe, is closed
  --help            print this
  --version         print the version
`;

/** Reads the arguments after the program's name. Relative paths are taken from `cwd`. */
export function parseCommandLine(argv: readonly string[], cwd: string): CommandLine {
  const json = argv.includes('--json');
  const wrong = (message: string): CommandLine => ({ kind: 'wrong', message: `${message} See --help.`, json });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return wrong(sentence(error));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [command, ...others] = positionals;
  if (command === undefined) return wrong('The command is missing: "lambda-destinations local".');
  if (command !== 'local') return wrong(`There is no command "${command}", only "local".`);
  if (others.length > 0) return wrong(`The argument "${others[0]}" is one too many.`);
  if (!values.project) return wrong('--project is missing: it names the folder with the template.');
  const { port = '0', 'time-scale': scale = '1', region = 'us-east-1', account = '000000000000' } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return wrong(`--port is a number from 0 to 65535, not "${port}".`);
  }
  const timeScale = scale.trim() === '' ? Number.NaN : Number(scale);
  if (!(timeScale >= 1 && timeScale <= 100_000)) {
    return wrong(`--time-scale is a number from 1 to 100000, not "${scale}".`);
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) return wrong(`--region is a region like us-east-1, not "${region}".`);
  if (!/^\d{12}$/.test(account)) return wrong(`--account is 12 digits, not "${account}".`);
  if (values.python === '') return wrong('--python names a program, and the name is empty.');
  const runtimeCommands = namedCommands(values['runtime-command'] ?? []);
  if (!runtimeCommands) return wrong('--runtime-command is NAME=COMMAND, such as "java21=java -cp …".');
  const faults: FaultRequest[] = [];
  for (const text of values.fault ?? []) {
    const reading = readFaultText(text);
    if ('problem' in reading) return wrong(`--fault ${text}: ${reading.problem}`);
    faults.push(reading.fault);
  }
  if (values.data === '') return wrong('--data names a folder, and the name is empty.');
  return {
    kind: 'local',
    args: {
      projectDir: resolve(cwd, values.project),
      port: Number(port),
      ...(values.data === undefined ? {} : { dataDir: resolve(cwd, values.data) }),
      timeScale,
      region,
      account,
      ...(values.python === undefined ? {} : { pythonPath: program(values.python, cwd) }),
      ...(values['runtime-command'] === undefined ? {} : { runtimeCommands }),
      ...(faults.length === 0 ? {} : { faults }),
      memoryLimit: values['no-memory-limit'] !== true,
      fsync: values.fsync === true,
      json: values.json === true,
    },
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      port: { type: 'string' },
      data: { type: 'string' },
      'time-scale': { type: 'string' },
      region: { type: 'string' },
      account: { type: 'string' },
      python: { type: 'string' },
      'runtime-command': { type: 'string', multiple: true },
      fault: { type: 'string', multiple: true },
      'no-memory-limit': { type: 'boolean' },
      fsync: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
}

/** A name alone is looked up on the PATH. */
function program(name: string, cwd: string): string {
  return /[\\/]/.test(name) ? resolve(cwd, name) : name;
}

/** `undefined`: one of them is none. */
function namedCommands(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const commands: Record<string, string> = {};
  for (const text of texts) {
    const [, name, command] = /^([^=]+)=(.*\S.*)$/s.exec(text) ?? [];
    if (name === undefined || command === undefined) return undefined;
    commands[name] = command;
  }
  return commands;
}

/** Node's text, its first sentence only: the rest explains how to pass odd values. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const first = text.split(/\. |\n/)[0] ?? text;
  return first.endsWith('.') ? first : `${first}.`;
}
