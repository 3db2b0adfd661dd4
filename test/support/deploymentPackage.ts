import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a package. `mode`: Unix mode, `0o100644` unless said. */
export interface PackedFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
  /** A checksum other than the right one. */
  readonly checksum?: number;
  /** A size other than the right one. */
  readonly size?: number;
  readonly stored?: boolean;
}

/** A zip archive, as packers write it: what a function's code is uploaded as. */
export function deploymentPackage(files: readonly PackedFile[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const data = Buffer.from(file.text);
    const packed = file.stored === true ? data : deflateRawSync(data);
    const name = Buffer.from(file.path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(file.stored === true ? 0 : 8, 4);
    common.writeUInt32LE(file.checksum ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.size ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((file.mode ?? 0o100_644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]));
}
