import assert from 'node:assert/strict';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHarness } from '../support/environmentsHarness.ts';
import { anyPython } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

/** What a person's environment may hold that is nobody else's, and what would change how a runtime behaves. */
const secrets = {
  AWS_ACCESS_KEY_ID: 'AKIA-OWN',
  AWS_SECRET_ACCESS_KEY: 'own secret',
  AWS_SESSION_TOKEN: 'own token',
  AWS_PROFILE: 'own',
  AWS_CONFIG_FILE: '/own/config',
  AWS_ENDPOINT_URL: 'http://own',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/own/token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://own',
  GITHUB_TOKEN: 'own',
  HOME: '/own',
  USER: 'own',
  SSH_AUTH_SOCK: '/own/agent',
  NODE_OPTIONS: '--title=own',
  NODE_EXTRA_CA_CERTS: '/own/ca',
  PYTHONPATH: '/own/python',
  PYTHONSTARTUP: '/own/startup',
  VIRTUAL_ENV: '/own/venv',
  LD_PRELOAD: '',
  BASH_ENV: '/own/bash',
  VSCODE_IPC_HOOK: '/own/hook',
  ELECTRON_RUN_AS_NODE: '1',
  LOCAL_LAMBDA_OPT: '/own/opt',
  LOCAL_LAMBDA_DEBUGPY: '/own/debugpy',
} as const;

const inherited = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR'];
/** Lambda's own, and what a shell or the system adds by itself. */
const lambdas =
  /^(?:AWS_(?!PROFILE|CONFIG_FILE|WEB_|CONTAINER_|ENDPOINT_URL$)|_X_AMZN_|_HANDLER$|LAMBDA_|TZ$|LANG$|NODE_PATH$|PYTHONPATH$|PYTHONPYCACHEPREFIX$)/;
const bySystem = /^(?:PWD|SHLVL|_|OLDPWD|LC_CTYPE|__CF_USER_TEXT_ENCODING)$/;

const files = {
  'index.js': 'exports.env = async () => process.env;',
  'app.py': 'import os\n\ndef env(event, context):\n    return dict(os.environ)\n',
  'runtime.mjs': `
    const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
    for (;;) {
      const next = await fetch(api + 'next');
      await next.arrayBuffer();
      const body = JSON.stringify(process.env);
      await fetch(api + next.headers.get('lambda-runtime-aws-request-id') + '/response', { method: 'POST', body });
    }`,
};

describe('the variables of handlers', function () {
  this.timeout(30_000);

  before(function () {
    if (process.platform === 'win32') skip(this, 'Windows inherits other variables');
  });

  for (const [what, handler, runtime] of [
    ['Node.js', 'index.env', 'nodejs22.x'],
    ['Python', 'app.env', 'python3.12'],
    ['a command of the person', 'any', 'java21'],
    ['an executable', 'any', 'provided.al2023'],
  ] as const) {
    it(`hold nothing of the person’s own environment: ${what}`, async function () {
      const parent = { ...process.env, ...secrets };
      const pythonPath = runtime.startsWith('python') ? anyPython(this) : '';
      const command = `"${process.execPath}" runtime.mjs`;
      const bootstrap = `#!/bin/sh\nexec ${command}\n`;
      const harness = await startHarness(
        { ...files, bootstrap },
        { parent, pythonPath, runtimeCommands: { java: command } },
      );
      try {
        await chmod(join(harness.dir, 'bootstrap'), 0o755);
        const definition = { runtime, timeout: 20, environment: { TABLE: 'orders' } };
        const { json, text } = await harness.run<Record<string, string>>(handler, {}, { definition });
        assert.equal(json['TABLE'], 'orders', text);
        const others = Object.keys(json).filter(
          (name) => name !== 'TABLE' && !inherited.includes(name) && !lambdas.test(name) && !bySystem.test(name),
        );
        assert.deepEqual(others, []);
        assert.deepEqual(
          Object.entries(json).filter(([, value]) => /\bown\b|AKIA-OWN/.test(value)),
          [],
        );
        assert.equal(json['AWS_ACCESS_KEY_ID'], 'test');
      } finally {
        await harness.dispose();
      }
    });
  }

  it('that are inherited are all in the documentation', async () => {
    const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'local-lambda.md'), 'utf8');
    for (const name of inherited) assert.ok(page.includes(`\`${name}\``), name);
  });
});
