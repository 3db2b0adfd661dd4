import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeCbor, encodeCbor } from '../../../../src/local/server/cbor.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('CBOR', () => {
  /** RFC 8949, appendix A. */
  const examples: readonly (readonly [hex: string, value: unknown])[] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f93c00', 1],
    ['f93e00', 1.5],
    ['f97bff', 65_504],
    ['f90001', 5.960_464_477_539_063e-8],
    ['f9c400', -4],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['f4', false],
    ['f5', true],
    ['f6', undefined],
    ['c11a514b67b0', 1_363_896_240],
    ['c1fb41d452d9ec200000', 1_363_896_240.5],
    ['4401020304', bytes('01020304')],
    ['60', ''],
    ['62c3bc', 'ü'],
    ['64f0908591', '\u{10151}'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['5f42010243030405ff', Buffer.from('0102030405', 'hex')],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ];
  for (const [hex, value] of examples) {
    it(`reads ${hex}`, () => assert.deepEqual(decodeCbor(bytes(hex)), value));
  }

  const broken = ['', '18', '6261', '8301', 'a16161', 'a10101', '9f01', '7f', '1c', 'ff', '0000', 'c16161', '1b00'];
  for (const hex of broken) {
    it(`refuses ${hex || 'nothing'}`, () => assert.throws(() => decodeCbor(bytes(hex)), RangeError));
  }

  it('refuses what is too deep, and lengths that nobody has', () => {
    assert.throws(() => decodeCbor(new Uint8Array(100_000).fill(0x81)), RangeError);
    assert.throws(() => decodeCbor(bytes('9bffffffffffffffff')), RangeError);
    assert.throws(() => decodeCbor(bytes('5bffffffffffffffff00')), RangeError);
  });

  it('writes numbers as doubles, and times with their tag', () => {
    assert.equal(Buffer.from(encodeCbor({ a: 1 })).toString('hex'), 'a16161fb3ff0000000000000');
    assert.equal(Buffer.from(encodeCbor([new Date(1_363_896_240_500)])).toString('hex'), '81c1fb41d452d9ec200000');
    assert.equal(Buffer.from(encodeCbor({ gone: undefined })).toString('hex'), 'a0');
  });

  it('reads what it writes', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.boolean(),
        fc.double(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value'), { maxLength: 40 }),
        fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(fc.property(plain, (value) => assert.deepEqual(decodeCbor(encodeCbor(value)), value)));
  });

  it('refuses anything else than CBOR, without an error of another kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        try {
          decodeCbor(any);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
    );
  });
});
