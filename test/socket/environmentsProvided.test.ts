import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { skip } from '../support/skip.ts';

const PROVIDED = { runtime: 'provided.al2023' };

/** A runtime as AWS's tutorial has it, in shell: the handler's file and function from `_HANDLER`, the rest by curl. */
const SHELL_BOOTSTRAP = `#!/bin/sh
set -eu
. "$LAMBDA_TASK_ROOT/$(echo "$_HANDLER" | cut -d. -f1).sh"
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "$api/next")
  id=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  rm "$headers"
  if response=$("$(echo "$_HANDLER" | cut -d. -f2)" "$event"); then
    curl -sS -X POST "$api/$id/response" -d "$response" > /dev/null
  else
    curl -sS -X POST "$api/$id/error" -H 'Lambda-Runtime-Function-Error-Type: Shell.Failed' \\
      -d '{"errorMessage":"the shell said no","errorType":"Shell.Failed"}' > /dev/null
  fi
done
`;

const FUNCTIONS = `
echoes() { echo "got $1" >&2; printf '{"event":%s,"pid":%s}' "$1" "$$"; }
fails() { return 1; }
exits() { kill -9 $$; }
variables() { printf '{"root":"%s","execution":"%s"}' "$LAMBDA_TASK_ROOT" "\${AWS_EXECUTION_ENV-none}"; }
`;

/** The same in C: one event a connection, the length of an event as its answer. */
const C_BOOTSTRAP = `
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static const char *api;
static int open_api(void) {
  char host[64]; struct sockaddr_in to = {0}; char *colon;
  snprintf(host, sizeof host, "%s", api);
  colon = strchr(host, ':'); *colon = 0;
  to.sin_family = AF_INET; to.sin_port = htons(atoi(colon + 1)); inet_pton(AF_INET, host, &to.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(s, (struct sockaddr *)&to, sizeof to)) exit(3);
  return s;
}
static char buffer[65536];
static size_t call(const char *head, const char *body) {
  int s = open_api(); size_t n = 0; ssize_t got;
  dprintf(s, "%s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\nContent-Length: %zu\\r\\n\\r\\n%s", head, api, strlen(body), body);
  while ((got = read(s, buffer + n, sizeof buffer - 1 - n)) > 0) n += got;
  buffer[n] = 0; close(s); return n;
}
int main(void) {
  api = getenv("AWS_LAMBDA_RUNTIME_API");
  printf("C starts\\n"); fflush(stdout);
  for (;;) {
    char id[64], head[256], answer[256];
    call("GET /2018-06-01/runtime/invocation/next", "");
    char *header = strcasestr(buffer, "lambda-runtime-aws-request-id: ");
    sscanf(header + 31, "%63[^\\r]", id);
    char *body = strstr(buffer, "\\r\\n\\r\\n") + 4;
    if (strstr(body, "crash")) abort();
    printf("C got %s\\n", body); fflush(stdout);
    snprintf(answer, sizeof answer, "{\\"length\\":%zu,\\"pid\\":%d}", strlen(body), (int)getpid());
    snprintf(head, sizeof head, "POST /2018-06-01/runtime/invocation/%s/response", id);
    call(head, answer);
  }
}
`;

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('provided runtimes', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(function () {
    if (process.platform === 'win32') skip(this, 'Windows starts no file that is called "bootstrap"');
  });

  beforeEach(async () => {
    harness = await startHarness({ 'functions.sh': FUNCTIONS });
  });

  afterEach(() => harness.dispose());

  describe('in shell', () => {
    before(function () {
      if (!has('curl')) skip(this, 'the bootstrap in shell needs curl, which is not here');
    });

    beforeEach(async () => {
      await harness.write({ bootstrap: SHELL_BOOTSTRAP });
      await chmod(join(harness.dir, 'bootstrap'), 0o755);
    });

    it('answer events one after the other, by the handler that is named', async () => {
      const run = (event: unknown) =>
        harness.run<{ event: unknown; pid: number }>('functions.echoes', event, { definition: PROVIDED });
      const first = await run({ a: 'ä' });
      assert.deepEqual(first.json.event, { a: 'ä' });
      assert.ok(first.messages.includes('got {"a":"ä"}\n'), 'what it writes is logged');
      assert.match(first.messages[0] ?? '', /^INIT_START Runtime Version: provided:al2023\.v1\t/);
      assert.ok(first.maxMemoryUsedMB > 0, 'its memory is looked at from outside');
      const second = await run([]);
      assert.equal(second.json.pid, first.json.pid);
      assert.equal(second.initDurationMs, undefined);
    });

    it('have their errors passed on as they are', async () => {
      const { status, text } = await harness.run('functions.fails', {}, { definition: PROVIDED });
      assert.deepEqual([status, text], ['error', '{"errorMessage":"the shell said no","errorType":"Shell.Failed"}']);
    });

    it('may end', async () => {
      const { status, json } = await harness.run('functions.exits', {}, { definition: PROVIDED });
      assert.deepEqual([status, json.errorType], ['exit', 'Runtime.ExitError']);
      assert.match(json.errorMessage, /Runtime exited with error: signal: killed$/);
    });

    it('are told where their code is, and of no managed runtime', async () => {
      const { json } = await harness.run<object>('functions.variables', {}, { definition: PROVIDED });
      assert.deepEqual(json, { root: harness.dir, execution: 'none' });
    });

    it('are refused while they may not be executed', async () => {
      await chmod(join(harness.dir, 'bootstrap'), 0o644);
      const { status, json } = await harness.run('functions.echoes', {}, { definition: PROVIDED });
      assert.deepEqual([status, json.errorType], ['error', 'Runtime.InvalidEntrypoint']);
      assert.match(
        json.errorMessage,
        /The bootstrap can't be started with ".*\/bootstrap": spawn .* EACCES\. Make it executable/,
      );
    });
  });

  it('in C answer events, and die of signals', async function () {
    if (!has('gcc')) skip(this, 'there is no gcc');
    await harness.write({ 'bootstrap.c': C_BOOTSTRAP });
    const compile = ['-D_GNU_SOURCE', '-o', join(harness.dir, 'bootstrap'), join(harness.dir, 'bootstrap.c')];
    execFileSync('gcc', compile, { stdio: 'inherit' });
    const run = (event: unknown) =>
      harness.run<{ length: number; pid: number }>('unused', event, { definition: PROVIDED });
    const [first, second] = [await run({ n: 1 }), await run('twelve more')];
    assert.deepEqual([first.json.length, second.json.length], [7, 13]);
    assert.equal(first.json.pid, second.json.pid);
    assert.ok(first.messages.includes('C starts\n') && first.messages.includes('C got {"n":1}\n'));
    const crashed = await harness.run('unused', 'crash', { definition: PROVIDED });
    assert.equal(crashed.status, 'exit');
    assert.match(crashed.json.errorMessage, /signal: aborted/);
  });

  it('without a bootstrap say where it was looked for', async () => {
    const { status, json } = await harness.run('unused', {}, { definition: PROVIDED });
    assert.deepEqual([status, json.errorType], ['error', 'Runtime.InvalidEntrypoint']);
    assert.match(
      json.errorMessage,
      /Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]\. Build the executable "bootstrap" into .*--runtime-command without VS Code/,
    );
  });

  it('for another machine say so', async () => {
    const elf = Buffer.alloc(64);
    elf.write('\u007FELF\u0002\u0001\u0001', 'latin1');
    elf.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
    await writeFile(join(harness.dir, 'bootstrap'), elf, { mode: 0o755 });
    const { json } = await harness.run('unused', {}, { definition: PROVIDED });
    assert.match(
      json.errorMessage,
      /\/bootstrap" is built for another machine than this one \(\w+ on \w+\)\. Build it for this/,
    );
  });
});

describe('commands for runtimes', function () {
  this.timeout(30_000);

  /** The least there is of a runtime: every event is answered with what was asked for. */
  const RUNTIME = `
    const { AWS_LAMBDA_RUNTIME_API: api, _HANDLER, AWS_EXECUTION_ENV } = process.env;
    for (;;) {
      const next = await fetch('http://' + api + '/2018-06-01/runtime/invocation/next');
      const id = next.headers.get('lambda-runtime-aws-request-id');
      const event = await next.json();
      const body = JSON.stringify({ event, arguments: process.argv.slice(2), _HANDLER, AWS_EXECUTION_ENV });
      await (await fetch('http://' + api + '/2018-06-01/runtime/invocation/' + id + '/response', { method: 'POST', body })).text();
    }`;
  const handlerVariable = process.platform === 'win32' ? '%_HANDLER%' : '"$_HANDLER"';
  const command = (word: string): string => `"${process.execPath}" runtime.mjs ${word} ${handlerVariable}`;

  async function answers(
    runtimeCommands: Readonly<Record<string, string>>,
    definition: { readonly runtime: string; readonly functionName?: string },
  ): Promise<{ readonly text: string; readonly messages: readonly string[] }> {
    const harness = await startHarness({ 'runtime.mjs': RUNTIME }, { runtimeCommands });
    try {
      return await harness.run('com.example.Handler::handle', { a: 1 }, { definition });
    } finally {
      await harness.dispose();
    }
  }

  it('start what they name, in the code folder, with the variables of the runtime', async () => {
    const { text } = await answers({ java21: command('one') }, { runtime: 'java21' });
    assert.deepEqual(JSON.parse(text), {
      event: { a: 1 },
      arguments: ['one', 'com.example.Handler::handle'],
      _HANDLER: 'com.example.Handler::handle',
      AWS_EXECUTION_ENV: 'AWS_Lambda_java21',
    });
  });

  for (const [what, commands, expected] of [
    ['by the longest beginning of the runtime', { java: command('short'), java21: command('long') }, 'long'],
    ['by the function before its runtime', { java21: command('runtime'), mine: command('function') }, 'function'],
    ['by the beginning', { java: command('short'), java8: command('other'), ruby: command('another') }, 'short'],
  ] as const) {
    it(`are chosen ${what}`, async () => {
      const { text } = await answers(commands, { runtime: 'java21', functionName: 'mine' });
      assert.equal((JSON.parse(text) as { arguments: string[] }).arguments[0], expected);
    });
  }

  it('come before what local Lambda would start', async () => {
    const { text } = await answers({ nodejs22: command('own') }, { runtime: 'nodejs22.x' });
    assert.match(text, /"arguments":\["own",/);
  });

  it('that are wrong show what the shell says of them', async function () {
    if (process.platform === 'win32') skip(this, 'the words of the shell are those of sh');
    const { text, messages } = await answers({ ruby: 'no-such-program-anywhere' }, { runtime: 'ruby3.3' });
    assert.match(text, /"errorType":"Runtime.ExitError".*exit status 127/);
    assert.match(messages.join(''), /no-such-program-anywhere: .*not found/);
  });

  for (const [runtime, example] of [
    [
      'java21',
      /for example \{"java21":"java -cp .* com\.amazonaws\.services\.lambda\.runtime\.api\.client\.AWSLambda \$_HANDLER"\}/,
    ],
    ['dotnet8', /\{"dotnet8":"dotnet /],
    ['ruby3.3', /\{"ruby3\.3":"bundle exec aws_lambda_ric \$_HANDLER"\}/],
    ['go1.x', /\{"go1\.x":"go run \."\}/],
    ['cobol', /without VS Code\), then restart/],
  ] as const) {
    it(`for ${runtime} are asked for, with an example`, async () => {
      const { text } = await answers({}, { runtime });
      const { errorType, errorMessage } = JSON.parse(text) as { errorType: string; errorMessage: string };
      assert.equal(errorType, 'Runtime.InvalidEntrypoint');
      assert.match(errorMessage, /Say how it is started in lambdaDestinations\.local\.runtimeCommands/);
      assert.match(errorMessage, example);
    });
  }
});
