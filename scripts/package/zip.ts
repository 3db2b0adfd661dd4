/** A file of a zip archive. */
export interface ZipEntry {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files of a zip archive with their unpacked sizes, read from its central directory (APPNOTE 4.3.12); folders are
 * left out.
 *
 * @throws Error when it is no zip archive. Zip64 is not read: a .vsix is far from 4 GB.
 */
export function zipEntries(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error('Not a zip archive: it has no end record.');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error('The zip archive’s directory is broken.');
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const path = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (!path.endsWith('/')) entries.push({ path, bytes: archive.readUInt32LE(at + 24) });
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}
