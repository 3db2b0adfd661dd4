import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvFile } from '../../../../src/local/environments/envFile.ts';

describe('the env file of a function', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'env-file-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is read as dotenv files are', async () => {
    const text = '# mine\nTABLE=orders # why\nexport KEY="two\nlines"\n\nEMPTY=\nQUOTED=\'a=b\'\n';
    await writeFile(join(dir, '.env.orders'), text);
    const file = await readEnvFile(dir, 'orders');
    assert.deepEqual(file, {
      text,
      variables: { TABLE: 'orders', KEY: 'two\nlines', EMPTY: '', QUOTED: 'a=b' },
      problems: [],
    });
  });

  it('is none for other functions, and for names that lead elsewhere', async () => {
    await writeFile(join(dir, '.env.orders'), 'A=1');
    assert.equal(await readEnvFile(dir, 'payments'), undefined);
    assert.equal(await readEnvFile(dir, 'x/../.env.orders'), undefined);
  });

  it('cannot replace what Lambda sets, and says so by name only', async () => {
    await writeFile(
      join(dir, '.env.orders'),
      'AWS_LAMBDA_FUNCTION_NAME=secret\nAWS_REGION=secret\n_HANDLER=secret\nA=1\n',
    );
    const file = await readEnvFile(dir, 'orders');
    assert.deepEqual(file?.variables, { A: '1' });
    assert.deepEqual(file.problems, [
      ".env.orders: AWS_LAMBDA_FUNCTION_NAME is set by Lambda and can't be replaced.",
      ".env.orders: AWS_REGION is set by Lambda and can't be replaced. The region is that of local Lambda: set lambdaDestinations.local.region.",
      ".env.orders: _HANDLER is set by Lambda and can't be replaced.",
    ]);
  });

  it('names the lines that are no variables', async () => {
    await writeFile(join(dir, '.env.orders'), 'A=1\nnonsense secret\nB="\nnot a variable\n"\n: 2\n');
    const file = await readEnvFile(dir, 'orders');
    assert.deepEqual(file?.problems, [
      '.env.orders, line 2: this is not NAME=value, and the line is left out.',
      '.env.orders, line 6: this is not NAME=value, and the line is left out.',
    ]);
  });

  it('that cannot be read is told of', async () => {
    await mkdir(join(dir, '.env.orders'));
    assert.deepEqual((await readEnvFile(dir, 'orders'))?.problems, [
      ".env.orders can't be read (EISDIR); its variables are not set.",
    ]);
  });
});
