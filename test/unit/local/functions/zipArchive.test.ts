import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readZip } from '../../../../src/local/functions/zipArchive.ts';
import { skip } from '../../../support/skip.ts';
import { deploymentPackage, type PackedFile } from '../../../support/deploymentPackage.ts';

const text = 'export const handler = () => 1;\n'.repeat(50);

async function read(...files: readonly PackedFile[]): Promise<Record<string, string>> {
  const found = await readZip(deploymentPackage(files));
  return Object.fromEntries(found.map(({ path, data }) => [path, Buffer.from(data).toString()]));
}

describe('a deployment package', () => {
  it('is read, folders and all', async () => {
    const files = await readZip(
      deploymentPackage([
        { path: 'src/', text: '', mode: 0o40_755, stored: true },
        { path: 'src/app.mjs', text },
        { path: './bootstrap', text: '#!/bin/sh\n', mode: 0o100_755, stored: true },
        { path: 'grüße\\x.txt', text: 'é' },
      ]),
    );
    assert.deepEqual(
      files.map(({ path, executable }) => [path, executable]),
      [
        ['src/app.mjs', false],
        ['bootstrap', true],
        ['grüße/x.txt', false],
      ],
    );
    assert.equal(Buffer.from(files[0]?.data ?? []).toString(), text);
  });

  it('of another packer is read too', async function () {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      writeFileSync(join(folder, 'app.py'), text);
      const script =
        'import zipfile; z=zipfile.ZipFile("a.zip","w",zipfile.ZIP_DEFLATED); z.write("app.py"); z.close()';
      try {
        execFileSync('python3', ['-c', script], { cwd: folder });
      } catch {
        return skip(this, 'no python3 with zipfile');
      }
      const [file] = await readZip(readFileSync(join(folder, 'a.zip')));
      assert.equal(Buffer.from(file?.data ?? []).toString(), text);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const path of ['../evil', 'a/../../evil', '/etc/passwd', 'C:\\evil', '..\\evil', 'a\0b']) {
    it(`is refused with the path ${JSON.stringify(path)}`, async () => {
      await assert.rejects(read({ path, text }), /leads out of the function's folder/);
    });
  }

  it('is refused with a name that no file can have', async () => {
    await assert.rejects(read({ path: `lib/${'x'.repeat(256)}`, text }), /a name of more than 255 bytes/);
    assert.deepEqual(Object.keys(await read({ path: 'x'.repeat(255), text })), ['x'.repeat(255)]);
  });

  it('is refused with a path that no system can have, or more folders than there may be files', async () => {
    await assert.rejects(read({ path: 'a/'.repeat(30_000) + 'a', text }), /a path of more than 1024 bytes: a\/a\/a/);
    const deep = Array.from({ length: 300 }, (_, at) => ({ path: `${at}/${'a/'.repeat(500)}b`, text: '' }));
    await assert.rejects(read(...deep), /more than 65535 folders/);
  });

  it('is refused when many names unpack the same few bytes, as the flattest of bombs do', async () => {
    const zeros = '\0'.repeat(1_000_000);
    const files = Array.from({ length: 300 }, (_, index) => ({ path: `zeros-${index}`, text: zeros }));
    await assert.rejects(read(...files), /must be smaller than 262144000 bytes/);
  });

  it('is refused with a link in it', async () => {
    await assert.rejects(read({ path: 'link', text: '/etc', mode: 0o120_777 }), /symbolic link: link/);
  });

  it('is refused when it unpacks to more than it says, or than there may be', async () => {
    await assert.rejects(read({ path: 'bomb', text, size: 10 }), /broken at bomb/);
    await assert.rejects(read({ path: 'bomb', text, size: 300_000_000 }), /must be smaller than 262144000 bytes/);
  });

  it('is refused when a file is not what its checksum says', async () => {
    await assert.rejects(read({ path: 'a', text, checksum: 1 }), /broken at a/);
  });

  it('may have folders as any packer writes them', async () => {
    const files = [
      { path: 'lib\\', text: '' },
      { path: 'lib\\a.js', text: 'a' },
      { path: './', text: '' },
      { path: '.', text: '' },
    ];
    assert.deepEqual(await read(...files), { 'lib/a.js': 'a' });
  });

  it('is refused when it is empty, or one name is a file and a folder', async () => {
    await assert.rejects(read(), /non-empty zip/);
    await assert.rejects(read({ path: 'lib/', text: '' }), /non-empty zip/);
    const clash = [
      { path: 'a/b', text: '' },
      { path: 'a/b/c', text: '' },
    ];
    await assert.rejects(read(...clash), { name: 'ZipProblem', message: /a file and a folder of one name: a\/b$/ });
  });

  it('is refused when it is none', async () => {
    await assert.rejects(readZip(Buffer.from('no zip')), /no zip archive/);
    const archive = deploymentPackage([{ path: 'a', text }]);
    await assert.rejects(readZip(archive.subarray(20)), /broken/);
    for (let at = 4; at < archive.length; at += 7) {
      const broken = Uint8Array.from(archive);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      await readZip(broken).then(
        () => undefined,
        (error: unknown) => assert.ok(error instanceof Error && error.name === 'ZipProblem', String(error)),
      );
    }
  });
});
