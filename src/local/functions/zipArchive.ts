import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

/** A file of an archive. `path` has forward slashes and stays below the folder it is written to. */
export interface ZipFile {
  readonly path: string;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** What is wrong with an archive, in a sentence for the API's answer. */
export class ZipProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ZipProblem';
  }
}

/** AWS's limit of a function's unzipped code (Lambda quotas): 250 MB. */
const maximumUnpackedBytes = 262_144_000;
const maximumEntries = 65_535;
/** No file system takes a longer name. */
const longestName = 255;
/** Nor do systems take much longer paths, and each part of one costs a folder. */
const longestPath = 1_024;

/**
 * Reads a deployment package: stored or deflated files, as every packer writes them (APPNOTE 4.3). Nothing is written, and
 * no name, size or checksum is believed. @throws ZipProblem
 */
export async function readZip(archive: Uint8Array): Promise<readonly ZipFile[]> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > bytes.length) throw new ZipProblem('it is no zip archive');
  try {
    return await readEntries(bytes, bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16));
  } catch (error) {
    // Offsets that lead out of the archive.
    if (error instanceof RangeError) throw new ZipProblem('its directory is broken');
    throw error;
  }
}

async function readEntries(bytes: Buffer, count: number, start: number): Promise<readonly ZipFile[]> {
  if (count >= maximumEntries || start === 0xffff_ffff) throw new ZipProblem('it is a Zip64 archive');
  const files = new Map<string, ZipFile>();
  let at = start;
  let unpacked = 0;
  for (let left = count; left > 0; left--) {
    if (bytes.readUInt32LE(at) !== 0x0201_4b50) throw new ZipProblem('its directory is broken');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const size = bytes.readUInt32LE(at + 24);
    const mode = bytes.readUInt32LE(at + 38) >>> 16;
    unpacked += size;
    if (unpacked > maximumUnpackedBytes) {
      throw new ZipProblem(`Unzipped size must be smaller than ${maximumUnpackedBytes} bytes`);
    }
    // A link would let the next file be written where it points.
    if ((mode & 0o170_000) === 0o120_000) throw new ZipProblem(`it holds a symbolic link: ${name}`);
    const path = safePath(name);
    // Some packers write their system's separator.
    if (!/[\\/]$/.test(name) && path !== '') {
      files.set(path, { path, data: await readFile(bytes, at, size, name), executable: (mode & 0o111) !== 0 });
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (files.size === 0) throw new ZipProblem('Uploaded file must be a non-empty zip');
  for (const folder of foldersOf(files.keys())) {
    if (files.has(folder)) throw new ZipProblem(`it holds a file and a folder of one name: ${folder}`);
  }
  return [...files.values()];
}

/** The folders that files lie in, each once. A few bytes may name any number of them. @throws ZipProblem */
function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      // Those above it are there, too.
      if (folders.has(folder)) break;
      folders.add(folder);
    }
    if (folders.size > maximumEntries) throw new ZipProblem(`it holds more than ${maximumEntries} folders`);
  }
  return folders;
}

async function readFile(bytes: Buffer, entry: number, size: number, name: string): Promise<Uint8Array> {
  const flags = bytes.readUInt16LE(entry + 8);
  const method = bytes.readUInt16LE(entry + 10);
  const checksum = bytes.readUInt32LE(entry + 16);
  const packedSize = bytes.readUInt32LE(entry + 20);
  const local = bytes.readUInt32LE(entry + 42);
  if ((flags & 1) !== 0) throw new ZipProblem(`it is encrypted: ${name}`);
  if (bytes.readUInt32LE(local) !== 0x0403_4b50) throw new ZipProblem(`it is broken at ${name}`);
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(from, from + packedSize);
  const data = await unpack(packed, method, size, name);
  if (data.length !== size || crc32(data) !== checksum) throw new ZipProblem(`it is broken at ${name}`);
  return data;
}

async function unpack(packed: Buffer, method: number, size: number, name: string): Promise<Buffer> {
  if (method === 0) return packed;
  if (method !== 8) throw new ZipProblem(`it is packed in a way that is not supported (${method}): ${name}`);
  try {
    // One byte more than it says, so that a bomb ends here.
    return await promisify(inflateRaw)(packed, { maxOutputLength: size + 1 });
  } catch {
    throw new ZipProblem(`it is broken at ${name}`);
  }
}

/** The path below the folder. @throws ZipProblem when it would lead out of it. */
function safePath(name: string): string {
  const parts = name.replaceAll('\\', '/').split('/');
  const bad = name.includes('\0') || name.startsWith('/') || /^[a-z]:/i.test(name) || parts.includes('..');
  if (bad) throw new ZipProblem(`it holds a path that leads out of the function's folder: ${name}`);
  if (parts.some((part) => Buffer.byteLength(part) > longestName)) {
    throw new ZipProblem(`it holds a name of more than ${longestName} bytes: ${name.slice(0, 60)}…`);
  }
  if (Buffer.byteLength(name) > longestPath) {
    throw new ZipProblem(`it holds a path of more than ${longestPath} bytes: ${name.slice(0, 60)}…`);
  }
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}
