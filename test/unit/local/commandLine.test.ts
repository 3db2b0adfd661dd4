import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseCommandLine } from '../../../src/local/commandLine.ts';

const cwd = resolve('/work/here');
const parse = (line: string): ReturnType<typeof parseCommandLine> =>
  parseCommandLine(line === '' ? [] : line.split(' '), cwd);

describe('the command line', () => {
  it('has defaults as on AWS', () => {
    assert.deepEqual(parse('local --project app'), {
      kind: 'local',
      args: {
        projectDir: resolve(cwd, 'app'),
        port: 0,
        timeScale: 1,
        region: 'us-east-1',
        account: '000000000000',
        memoryLimit: true,
        fsync: false,
        json: false,
      },
    });
  });

  it('takes everything', () => {
    const all =
      'local --project=. --port 4567 --data d --time-scale 1.5 --region us-gov-west-1 --account 123456789012 --python .venv/bin/python --no-memory-limit --fsync --json';
    assert.deepEqual(parse(all), {
      kind: 'local',
      args: {
        projectDir: cwd,
        port: 4567,
        dataDir: resolve(cwd, 'd'),
        timeScale: 1.5,
        region: 'us-gov-west-1',
        account: '123456789012',
        pythonPath: resolve(cwd, '.venv/bin/python'),
        memoryLimit: false,
        fsync: true,
        json: true,
      },
    });
  });

  it('takes commands for runtimes, each with its name', () => {
    const commands = ['--runtime-command', 'java21=java -Dx=y Main', '--runtime-command=orders=./start "$_HANDLER"'];
    const parsed = parseCommandLine(['local', '--project', '.', ...commands], cwd);
    assert.ok(parsed.kind === 'local');
    assert.deepEqual(parsed.args.runtimeCommands, { java21: 'java -Dx=y Main', orders: './start "$_HANDLER"' });
  });

  it('takes faults to make, each in a word of its own', () => {
    const faults = ['--fault', 'charge=timeout,times=2', '--fault=*=slowStart,delay=9000,p=0.5'];
    const parsed = parseCommandLine(['local', '--project', '.', ...faults], cwd);
    assert.ok(parsed.kind === 'local');
    assert.deepEqual(parsed.args.faults, [
      { functionName: 'charge', kind: 'timeout', times: 2 },
      { functionName: '*', kind: 'slowStart', delayMs: 9000, probability: 0.5 },
    ]);
  });

  it('asks for help or the version', () => {
    assert.deepEqual(parse('--help'), { kind: 'help' });
    assert.deepEqual(parse('local -h'), { kind: 'help' });
    assert.deepEqual(parse('--version'), { kind: 'version' });
  });

  for (const [line, message] of [
    ['', 'The command is missing: "lambda-destinations local".'],
    ['remote', 'There is no command "remote", only "local".'],
    ['local', '--project is missing: it names the folder with the template.'],
    ['local --project a b', 'The argument "b" is one too many.'],
    ['local --project a --port 70000', '--port is a number from 0 to 65535, not "70000".'],
    ['local --project a --port=-1', '--port is a number from 0 to 65535, not "-1".'],
    ['local --project a --time-scale 0.5', '--time-scale is a number from 1 to 100000, not "0.5".'],
    ['local --project a --time-scale fast', '--time-scale is a number from 1 to 100000, not "fast".'],
    ['local --project a --region mars', '--region is a region like us-east-1, not "mars".'],
    ['local --project a --account 12', '--account is 12 digits, not "12".'],
    ['local --project a --runtime-command java', '--runtime-command is NAME=COMMAND, such as "java21=java -cp …".'],
    ['local --project a --runtime-command java=', '--runtime-command is NAME=COMMAND, such as "java21=java -cp …".'],
    [
      'local --project a --fault charge',
      '--fault charge: It is NAME=KIND, such as charge=timeout,times=1, not "charge".',
    ],
    ['local --project a --data=', '--data names a folder, and the name is empty.'],
  ] as const) {
    it(`refuses “${line}”`, () => {
      assert.deepEqual(parse(line), { kind: 'wrong', message: `${message} See --help.`, json: false });
    });
  }

  it('refuses options that there are not, in one sentence, and as JSON where that was asked for', () => {
    const wrong = parse('local --json --project a --prot 1');
    assert.ok(wrong.kind === 'wrong' && wrong.json);
    assert.match(wrong.message, /^Unknown option '--prot'\. See --help\.$/);
    const missing = parse('local --project');
    assert.ok(missing.kind === 'wrong');
    assert.match(missing.message, /--project.*argument missing\. See --help\.$/);
  });
});
