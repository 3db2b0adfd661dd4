import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Invocation, InvocationRow } from '../../src/model/invocation.ts';
import type { DetailFrame } from '../../src/protocol/panel.ts';
import { errorOf, resolveFrames } from '../../src/workspace/resolveError.ts';
import { SourceMaps } from '../../src/workspace/sourceMaps.ts';
import { startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { anyPython } from '../support/pythons.ts';

const FILES = {
  'app.py': `import json
from shop import orders


def lambda_handler(event, context):
    return orders.total(event)


def parse(event, context):
    return json.loads('{')
`,
  'shop/__init__.py': '',
  'shop/orders.py': `def total(event):
    return sum(item['price'] for item in event['items'])
`,
  'broken.py': 'import broken_inside\n',
  'broken_inside.py': '\n\nx = 1 +\n',
  'loads.py': "\n\nraise ValueError('at load')\n",
};

describe('errors of Python handlers in the workspace', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(async function () {
    harness = await startHarness(FILES, { pythonPath: anyPython(this) });
  });

  after(() => harness?.dispose());

  async function frames(handler: string): Promise<readonly DetailFrame[]> {
    const { text } = await harness.run(handler, {}, { definition: { runtime: 'python3.12' } });
    const ended = { status: 'error', response: text };
    const invocation = {
      attempts: [{ number: 1, ended, logs: [] }],
      waits: [],
      deliveries: [],
    } as unknown as Invocation;
    const error = errorOf({ id: 1 } as InvocationRow, invocation) ?? assert.fail('there is an error');
    const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
    const roots = [{ name: 'shop', path: harness.dir }];
    const sources = { roots, codeDir: harness.dir, readText, sourceMaps: new SourceMaps(readText) };
    return (await resolveFrames(error, sources, new AbortController().signal)).frames;
  }

  const shown = ({ kind, label, functionName }: DetailFrame): string =>
    [kind, label, functionName].filter((part) => part !== undefined).join(' ');

  it('lead to the lines of the code, innermost first', async () => {
    const found = await frames('app.lambda_handler');
    assert.deepEqual(found.map(shown), ['own shop/orders.py:2:1 total', 'own app.py:6:1 lambda_handler']);
    assert.deepEqual(found[0]?.excerpt, {
      firstLine: 1,
      lines: ['def total(event):', "    return sum(item['price'] for item in event['items'])"],
    });
    assert.ok(found[1]?.location?.uri.endsWith('/app.py'));
  });

  it('leave Python’s library out', async () => {
    const found = await frames('app.parse');
    assert.ok(
      found.slice(0, -1).every(({ kind }) => kind === 'runtime'),
      JSON.stringify(found),
    );
    assert.equal(shown(found.at(-1) ?? assert.fail()), 'own app.py:10:1 parse');
  });

  it('at load, and of syntax, lead to their line, too', async () => {
    const [first] = await frames('loads.handler');
    assert.equal(first && shown(first), 'own loads.py:3:1');
    const [syntax] = await frames('broken.handler');
    assert.equal(syntax && shown(syntax), 'own broken_inside.py:3:1');
  });
});
