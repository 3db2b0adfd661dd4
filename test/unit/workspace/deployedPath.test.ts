import assert from 'node:assert/strict';
import { isInside, labelOf, placeOf, rootOf, type DeployedPlace } from '../../../src/workspace/deployedPath.ts';

const roots = [{ name: 'shop', path: '/w/shop' }];

function place(path: string | undefined, codeDir: string | undefined = '/w/shop/src'): string {
  const placed: DeployedPlace = placeOf(path, { roots, ...(codeDir === undefined ? {} : { codeDir }) });
  return placed.kind === 'own' ? `own ${placed.files.join(' ')}` : placed.kind;
}

describe('a path in a stack', () => {
  const cases: readonly [path: string | undefined, place: string][] = [
    ['/var/task/index.js', 'own /w/shop/src/index.js'],
    ['/var/task/lib/a.mjs', 'own /w/shop/src/lib/a.mjs'],
    ['/var/task/../../../etc/passwd', 'own '],
    ['/var/task/node_modules/lodash/index.js', 'library'],
    ['/opt/nodejs/node_modules/x/index.js', 'library'],
    ['/opt/nodejs/shared.js', 'library'],
    ['/var/runtime/index.mjs', 'runtime'],
    ['/var/lang/lib/python3.13/json/decoder.py', 'runtime'],
    ['node:internal/process/task_queues', 'runtime'],
    ['<anonymous>', 'runtime'],
    ['<frozen importlib._bootstrap>', 'runtime'],
    [undefined, 'runtime'],
    ['/w/shop/src/index.js', 'own /w/shop/src/index.js'],
    ['/w/shop/node_modules/a/b.js', 'library'],
    ['/w/shop/.venv/lib/python3.12/site-packages/boto3/session.py', 'library'],
    ['/usr/lib/python3/dist-packages/boto3/session.py', 'library'],
    ['/var/task/shop/orders.py', 'own /w/shop/src/shop/orders.py'],
    ['/src/processTask.ts', 'own /w/shop/src/src/processTask.ts /w/shop/src/processTask.ts'],
    ['webpack://orders/./src/app.ts', 'own /w/shop/src/src/app.ts /w/shop/src/app.ts'],
    ['/home/someone/secret', 'library'],
  ];
  for (const [path, expected] of cases) {
    it(`${path} is ${expected}`, () => assert.equal(place(path), expected));
  }

  describe('of a layer', () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:layer:shared:1';
    const layers = [
      { arn, contentDir: '/w/shop/layers/first' },
      { arn, contentDir: '/w/shop/layers/built', below: 'nodejs' },
      { arn },
    ];
    const layerCases: readonly [path: string, place: string][] = [
      ['/opt/nodejs/shared.js', 'layer /w/shop/layers/built/shared.js /w/shop/layers/first/nodejs/shared.js'],
      ['/opt/python/shared.py', 'layer /w/shop/layers/first/python/shared.py'],
      ['/opt/nodejsx/shared.js', 'layer /w/shop/layers/first/nodejsx/shared.js'],
      ['/opt/nodejs/node_modules/x/index.js', 'library'],
      ['/opt/python/lib/python3.12/site-packages/x.py', 'library'],
      ['/opt/../../etc/passwd', 'library'],
    ];
    for (const [path, expected] of layerCases) {
      it(`${path} is ${expected}`, () => {
        const placed = placeOf(path, { roots, layers });
        assert.equal('files' in placed ? `${placed.kind} ${placed.files.join(' ')}` : placed.kind, expected);
      });
    }
  });

  it('is our own even where nothing tells the code folder', () => {
    const placed = placeOf('/var/task/index.js', { roots });
    assert.deepEqual(placed, { kind: 'own', files: [] });
  });
});

describe('a file of the workspace', () => {
  const nested = [...roots, { name: 'inner', path: '/w/shop/packages/inner' }];

  it('belongs to the innermost folder', () => {
    assert.equal(rootOf('/w/shop/packages/inner/a.js', nested)?.name, 'inner');
    assert.equal(rootOf('/w/shop/packages/a.js', nested)?.name, 'shop');
    assert.equal(rootOf('/w/shopping/a.js', nested), undefined);
  });

  it('is labelled relative to it, with its name where there are several', () => {
    assert.equal(labelOf('/w/shop/src/a.js', roots), 'src/a.js');
    assert.equal(labelOf('/w/shop/packages/inner/src/a.js', nested), 'inner/src/a.js');
    assert.equal(labelOf('/elsewhere/a.js', roots), '/elsewhere/a.js');
  });

  it('may have dots in its name', () => {
    assert.ok(isInside('/w', '/w/..a/b') && isInside('/w', '/w'));
    assert.ok(!isInside('/w', '/') && !isInside('/w', '/x'));
  });
});
