import assert from 'node:assert/strict';
import { FrameReader, LineReader } from '../../../../src/local/environments/outputFrames.ts';

function frame(type: string, body: string, at = 5): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(13);
  header.write(type, 0, 'latin1');
  header.writeUInt32BE(bytes.length, 1);
  header.writeDoubleBE(at, 5);
  return Buffer.concat([header, bytes]);
}

describe('output of runtimes', () => {
  it('frames are the same however the stream is cut', () => {
    const stream = Buffer.concat([
      frame('L', 'two\nlines ä'),
      frame('M', '2048'),
      frame('?', 'later'),
      frame('O', 'raw'),
      frame('R', '{"a":1}'),
      frame('F', '{}'),
      frame('T', ''),
      frame('I', 'Runtime.Gone\n{"errorType":"Gone"}'),
      frame('N', ''),
    ]);
    const expected = [
      { kind: 'event', at: 5, message: 'two\nlines ä' },
      { kind: 'memory', kilobytes: 2048 },
      { kind: 'stdout', at: 5, bytes: Buffer.from('raw') },
      { kind: 'answer', answer: 'response', bytes: Buffer.from('{"a":1}') },
      { kind: 'answer', answer: 'error', bytes: Buffer.from('{}') },
      { kind: 'answer', answer: 'tooLarge', bytes: Buffer.alloc(0) },
      { kind: 'initError', errorType: 'Runtime.Gone', payload: Buffer.from('{"errorType":"Gone"}') },
      { kind: 'next' },
    ];
    for (let size = 1; size <= stream.length; size++) {
      const reader = new FrameReader();
      const frames = [];
      for (let from = 0; from < stream.length; from += size)
        frames.push(...reader.read(stream.subarray(from, from + size)));
      assert.deepEqual(frames, expected, `cut every ${size} bytes`);
    }
  });

  it('raw output is an event a line, with its newline; letters cut in two are whole again', () => {
    const reader = new LineReader();
    const bytes = Buffer.from('one\ntwä\n\nrest');
    assert.deepEqual(reader.read(bytes.subarray(0, 7)), ['one\n']);
    assert.deepEqual(reader.read(bytes.subarray(7)), ['twä\n', '\n']);
    assert.deepEqual(reader.flush(), ['rest']);
    assert.deepEqual(reader.flush(), []);
  });

  it('a long piece that comes in thousands of chunks is joined once', function () {
    this.timeout(5_000);
    const long = 'x'.repeat(15 * 1024 * 1024);
    const inChunks = <T>(stream: Buffer, read: (chunk: Buffer) => T[]): T[] => {
      const found: T[] = [];
      for (let from = 0; from < stream.length; from += 16_384)
        found.push(...read(stream.subarray(from, from + 16_384)));
      return found;
    };
    const frames = new FrameReader();
    const [event] = inChunks(frame('L', long), (chunk) => frames.read(chunk));
    assert.ok(event?.kind === 'event' && event.message === long);
    const lines = new LineReader();
    assert.ok(inChunks(Buffer.from(`${long}\n`), (chunk) => lines.read(chunk))[0] === `${long}\n`);
  });

  it('a frame that is none is passed over', () => {
    const stream = Buffer.concat([frame('S', 'no JSON'), frame('S', '1'), frame('N', '')]);
    assert.deepEqual(new FrameReader().read(stream), [{ kind: 'next' }]);
  });

  it('a line that does not end is cut, between characters, and no more than that is held', () => {
    const reader = new LineReader();
    const bytes = Buffer.from('x' + 'ä'.repeat(20 * 1024 * 1024));
    const pieces: string[] = [];
    let held = 0;
    for (let from = 0; from < bytes.length; from += 65_536) {
      const chunk = bytes.subarray(from, from + 65_536);
      held += chunk.length;
      for (const piece of reader.read(chunk)) {
        pieces.push(piece);
        held -= Buffer.byteLength(piece);
      }
      assert.ok(held <= 16 * 1024 * 1024, `${held} bytes held`);
    }
    assert.equal(pieces.length, 2);
    assert.ok([...pieces, ...reader.flush()].join('') === bytes.toString());
    assert.equal(new LineReader().read(Buffer.concat([bytes, Buffer.from('\n')])).join(''), `${bytes.toString()}\n`);
  });
});
