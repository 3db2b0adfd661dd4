import assert from 'node:assert/strict';
import { zipEntries } from '../../../scripts/package/zip.ts';

/** A zip archive's directory, as APPNOTE 4.3.12 and 4.3.16 have it; the files themselves are left out. */
function directory(files: readonly (readonly [path: string, bytes: number])[]): Buffer {
  const headers = files.map(([path, bytes]) => {
    const name = Buffer.from(path);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt32LE(bytes, 24);
    header.writeUInt16LE(name.length, 28);
    header.writeUInt16LE(3, 30);
    return Buffer.concat([header, name, Buffer.from('ext')]);
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(4, 16);
  return Buffer.concat([Buffer.from('data'), ...headers, end]);
}

describe('a zip archive', () => {
  it('gives its files and their sizes, folders left out', () => {
    const archive = directory([
      ['extension/', 0],
      ['extension/dist/a.mjs', 12],
      ['extension/ä.txt', 70_000],
    ]);
    assert.deepEqual(zipEntries(archive), [
      { path: 'extension/dist/a.mjs', bytes: 12 },
      { path: 'extension/ä.txt', bytes: 70_000 },
    ]);
  });

  it('is refused when it is none', () => {
    assert.throws(() => zipEntries(Buffer.from('no')), /Not a zip archive/);
    const broken = directory([['a', 1]]);
    broken.writeUInt32LE(0, 4);
    assert.throws(() => zipEntries(broken), /broken/);
  });
});
