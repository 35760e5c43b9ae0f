import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { dtypes } from './dtype.ts';
import { DTypeError, ValueError } from './errors.ts';
import { parseNpy, writeNpy } from './npy.ts';
import { zerosTensor } from './dense.ts';
import * as views from './views.ts';

const bytesOf = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

/** A file with this dictionary and data, not padded: readers must not rely on the padding. */
function file(dictionary: string, data: readonly number[], version = 1): Uint8Array {
  const header = bytesOf(dictionary);
  const length = [header.length & 255, header.length >> 8, ...(version === 1 ? [] : [0, 0])];
  return Uint8Array.of(0x93, ...bytesOf('NUMPY'), version, 0, ...length, ...header, ...data);
}

const dictionary = (descr: string, shape: string, fortran = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe('parseNpy', () => {
  it('reads a file written out by hand', () => {
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    const magicAndVersion = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 0x01, 0x00]; // \x93NUMPY, 1.0
    const headerLength = [0x76, 0x00]; // 118
    const one = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf0, 0x3f];
    const minusTwoAndAHalf = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0xc0];
    const header = [...bytesOf(text.padEnd(117)), 0x0a];
    const bytes = new Uint8Array(
      [magicAndVersion, headerLength, header, one, minusTwoAndAHalf].flat(),
    );
    const t = parseNpy(bytes);
    expect([t.dtype, t.shape, t.toArray()]).toEqual(['float64', [2], [1, -2.5]]);
    expect([...writeNpy(t)]).toEqual([...bytes]);
  });

  it.each<[string, readonly number[], string, readonly number[]]>([
    ['>f8', [0xc0, 0x04, 0, 0, 0, 0, 0, 0], 'float64', [-2.5]],
    ['<f4', [0, 0, 0x20, 0xc0], 'float32', [-2.5]],
    ['>f4', [0xc0, 0x20, 0, 0], 'float32', [-2.5]],
    ['<i4', [0xfe, 0xff, 0xff, 0xff], 'int32', [-2]],
    ['>i4', [0xff, 0xff, 0xff, 0xfe], 'int32', [-2]],
    ['|u1', [0, 255], 'uint8', [0, 255]],
    ['|i1', [0xfe], 'int32', [-2]],
    ['<i2', [0xfe, 0xff], 'int32', [-2]],
    ['>u2', [0xff, 0xfe], 'int32', [65534]],
    ['<u4', [1, 0, 0, 0x7f], 'int32', [0x7f000001]],
    ['<i8', [0xfe, 255, 255, 255, 255, 255, 255, 255], 'int32', [-2]],
    ['>u8', [0, 0, 0, 0, 0, 0, 1, 0], 'int32', [256]],
  ])('reads %s', (descr, data, dtype, values) => {
    const t = parseNpy(file(dictionary(descr, `(${values.length},)`), data));
    expect([t.dtype, t.toArray()]).toEqual([dtype, values]);
  });

  it('reads booleans, scalars and empty arrays', () => {
    expect(parseNpy(file(dictionary('|b1', '(2,)'), [1, 0])).toArray()).toEqual([true, false]);
    expect(parseNpy(file(dictionary('|u1', '()'), [7])).toArray()).toBe(7);
    expect(parseNpy(file(dictionary('<f8', '(0, 3)'), [])).shape).toEqual([0, 3]);
  });

  it('reads column-major data as a view', () => {
    const t = parseNpy(file(dictionary('|u1', '(2, 3)', 'True'), [1, 4, 2, 5, 3, 6]));
    expect(t.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(t.stride).toEqual([1, 2]);
  });

  it('reads formats 2.0 and 3.0, keys in any order, other quotes and the long integers of Python 2', () => {
    const text = `{"shape":(1L, 2),'fortran_order':False,"descr":"|u1"}  \n`;
    for (const version of [2, 3]) {
      expect(parseNpy(file(text, [8, 9], version)).toArray()).toEqual([[8, 9]]);
    }
  });

  it('reads an ArrayBuffer, and bytes at an odd position of a buffer', () => {
    const bytes = writeNpy(tensorFrom([1, 2]));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(parseNpy(shifted.subarray(1)).toArray()).toEqual([1, 2]);
    expect(parseNpy(bytes.slice().buffer).toArray()).toEqual([1, 2]);
    expect(() => Reflect.apply(parseNpy, undefined, ['x'])).toThrow(
      expect.objectContaining({ code: 'NPY_BYTES' }),
    );
  });

  const good = file(dictionary('<f8', '(1,)'), [0, 0, 0, 0, 0, 0, 0, 0]);
  const u1 = (shape: string, data: readonly number[] = []) => file(dictionary('|u1', shape), data);

  it.each<[string, Uint8Array, string, number]>([
    ['another file', Uint8Array.of(0x50, 0x4b, 3, 4), 'NPY_MAGIC', 0],
    ['nothing', new Uint8Array(0), 'NPY_MAGIC', 0],
    ['the magic alone', good.subarray(0, 6), 'NPY_TRUNCATED', 6],
    ['no header length', good.subarray(0, 9), 'NPY_TRUNCATED', 9],
    ['half a header', good.subarray(0, 30), 'NPY_TRUNCATED', 30],
    ['an unknown format', Uint8Array.of(...good.subarray(0, 6), 4, 0), 'NPY_VERSION', 6],
    ['data cut short', good.subarray(0, good.length - 1), 'NPY_TRUNCATED', good.length - 1],
    ['data too long', Uint8Array.of(...good, 0), 'NPY_TRAILING', good.length],
    ['no dictionary', file('', []), 'NPY_HEADER', 10],
    ['a program', file("__import__('os').system('ls')", []), 'NPY_HEADER', 10],
    ['a missing key', file("{'descr': '<f8'}", []), 'NPY_HEADER', 26],
    ['a key twice', file("{'descr': '|u1', 'descr': '|u1'}", []), 'NPY_HEADER', 35],
    ['an unknown key', file("{'x': 1}", []), 'NPY_HEADER', 15],
    ['text after it', file(`${dictionary('|u1', '()')} x`, [1]), 'NPY_HEADER', 66],
    ['a negative length', u1('(-1,)'), 'NPY_HEADER', 61],
    ['a fraction', u1('(1.5,)'), 'NPY_HEADER', 62],
    ['no tuple', u1('[1]', [1]), 'NPY_HEADER', 60],
    ['a shape far beyond the file', u1('(4294967296, 1048575)'), 'NPY_TRUNCATED', 84],
    ['a shape that overflows', u1('(4294967296, 4294967296, 0)'), 'NPY_SHAPE', 90],
    ['a length beyond exact integers', u1('(99999999999999999999,)'), 'NPY_HEADER', 81],
    ['a hundred axes', u1(`(${'1,'.repeat(100)})`, [1]), 'NPY_HEADER', 190],
    ['records', file("{'descr': [('a', '<f8')], ", []), 'NPY_HEADER', 20],
    ['a control character', file('{\u0000}', []), 'NPY_HEADER', 11],
    ['a non-ASCII character', file('{\u00e4}', []), 'NPY_HEADER', 11],
    ['a truth value of 2', file(dictionary('|b1', '(2,)'), [1, 2]), 'NPY_VALUE', 68],
    ['an integer beyond int32', file(dictionary('<u4', '(1,)'), [0, 0, 0, 0x80]), 'NPY_VALUE', 67],
  ])('refuses %s', (_, bytes, code, position) => {
    expect(() => parseNpy(bytes)).toThrow(ValueError);
    expect(() => parseNpy(bytes)).toThrow(expect.objectContaining({ code, data: { position } }));
  });

  it.each(['|O', '<c16', '<f2', '|S3', '<M8[ns]', '=f8', '|f8', 'f8', ''])(
    'refuses elements of type %p',
    (descr) => {
      const bytes = file(dictionary(descr, '(1,)'), [0, 0, 0, 0, 0, 0, 0, 0]);
      expect(() => parseNpy(bytes)).toThrow(DTypeError);
      expect(() => parseNpy(bytes)).toThrow(expect.objectContaining({ code: 'NPY_DTYPE' }));
    },
  );

  it('refuses a header that claims gigabytes', () => {
    const bytes = Uint8Array.of(0x93, ...bytesOf('NUMPY'), 2, 0, 255, 255, 255, 255);
    expect(() => parseNpy(bytes)).toThrow(expect.objectContaining({ code: 'NPY_TRUNCATED' }));
  });
});

describe('writeNpy', () => {
  it.each(dtypes)('writes %s in every layout that parseNpy reads', (dtype) => {
    const t = views.transpose(
      tensorFrom(
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        { dtype },
      ),
    );
    for (const order of ['row-major', 'column-major'] as const) {
      for (const endian of ['little', 'big'] as const) {
        for (const version of [1, 2, 3] as const) {
          const bytes = writeNpy(t, { order, endian, version });
          const back = parseNpy(bytes);
          expect([back.dtype, back.shape, back.toArray()]).toEqual([dtype, [2, 3], t.toArray()]);
          expect((bytes.length - t.size * t.data.BYTES_PER_ELEMENT) % 64).toBe(0);
        }
      }
    }
  });

  it('writes scalars and empty tensors', () => {
    expect(parseNpy(writeNpy(tensorFrom(3))).toArray()).toBe(3);
    expect(parseNpy(writeNpy(zerosTensor([2, 0], 'int32'))).shape).toEqual([2, 0]);
  });
});
