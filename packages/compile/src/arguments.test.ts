import { describe, expect, it } from '@jest/globals';
import { Tensor, dtypes, tensorFrom, views } from '@cotangent/tensor';
import type { DType, TensorLike } from '@cotangent/tensor';
import { add, mul } from '@cotangent/ops';
import { matrix, scalar, tensor, tensorType, vector } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { readArgument } from './arguments.ts';
import { compile } from './index.ts';

const label = 'f: argument 0 (x)';
const read = (value: unknown, dtype: DType, rank = 1): Tensor =>
  readArgument(
    value,
    tensorType(
      dtype,
      Array.from({ length: rank }, () => null),
    ),
    label,
  );

describe('readArgument', () => {
  it('shares typed data of the right dtype', () => {
    const data = new Float64Array([1, 2]);
    expect(read(data, 'float64').data).toBe(data);
    const value = tensorFrom([1, 2]);
    expect(read(value, 'float64')).toBe(value);
    const ndarray = { data, shape: [2], stride: [-1], offset: 1 };
    expect(read(ndarray, 'float64').data).toBe(data);
    expect(read(ndarray, 'float64').toArray()).toEqual([2, 1]);
  });

  it('converts typed data exactly where NumPy calls the cast safe', () => {
    const safe: { readonly [D in DType]: readonly DType[] } = {
      bool: ['float64', 'float32', 'int32', 'uint8', 'bool'],
      uint8: ['float64', 'float32', 'int32', 'uint8'],
      int32: ['float64', 'int32'],
      float32: ['float64', 'float32'],
      float64: ['float64'],
    };
    const ones = (dtype: DType): Tensor => tensorFrom([1, 0], { dtype });
    const pairs = dtypes.flatMap((from) => dtypes.map((to) => ({ from, to })));
    for (const { from, to } of pairs.filter((pair) => safe[pair.from].includes(pair.to))) {
      expect(read(ones(from), to).dtype).toBe(to);
      expect(read(ones(from), to).toArray()).toEqual(ones(to).toArray());
    }
    for (const { from, to } of pairs.filter((pair) => !safe[pair.from].includes(pair.to))) {
      expect(caught(() => read(ones(from), to))).toMatchObject({
        name: 'DTypeError',
        code: 'COMPILE_ARGUMENT_DTYPE',
        data: { from, to, label },
      });
    }
  });

  it('treats ndarrays and typed arrays by their storage', () => {
    const bytes = { data: new Uint8Array([1, 0]), shape: [2], stride: [1], offset: 0 };
    expect(read({ ...bytes, dtype: 'bool' }, 'bool').toArray()).toEqual([true, false]);
    expect(caught(() => read(bytes, 'bool'))).toMatchObject({ code: 'COMPILE_ARGUMENT_DTYPE' });
    expect(read(new Int16Array([-5]), 'int32').toArray()).toEqual([-5]);
    expect(read(new Uint8ClampedArray([300]), 'uint8').toArray()).toEqual([255]);
    expect(caught(() => read(new Uint32Array([1]), 'int32'))).toMatchObject({ name: 'DTypeError' });
    expect(caught(() => read(new BigInt64Array(1), 'float64'))).toMatchObject({
      name: 'DTypeError',
      data: { from: 'BigInt64Array' },
    });
    const plain = { data: [1, 2], shape: [2], stride: [1], offset: 0 };
    expect(read(plain, 'int32').toArray()).toEqual([1, 2]);
  });

  it('converts numbers and nested arrays to the dtype of the input', () => {
    expect(read([1, 2], 'int32').dtype).toBe('int32');
    expect(read([0.1], 'float32').toArray()).toEqual([Math.fround(0.1)]);
    expect(read(0.1, 'float32', 0).item()).toBe(Math.fround(0.1));
    expect(read(true, 'float64', 0).item()).toBe(1);
    expect(read([true, 0], 'bool').toArray()).toEqual([true, false]);
    expect(read([[]], 'int32', 2).shape).toEqual([1, 0]);
  });

  it('refuses what an integer input cannot hold, naming input and place', () => {
    for (const value of [NaN, 0.5, 2 ** 31, -Infinity]) {
      const error = caught(() => read([0, value], 'int32'));
      expect(error).toMatchObject({ name: 'ValueError', code: 'NOT_REPRESENTABLE' });
      expect(error).toMatchObject({ data: { path: [1], label } });
      expect(String(error)).toContain(`${label}: `);
    }
    expect(caught(() => read(256, 'uint8', 0))).toMatchObject({ code: 'NOT_REPRESENTABLE' });
    expect(caught(() => read(2, 'bool', 0))).toMatchObject({ code: 'NOT_REPRESENTABLE' });
  });

  it('refuses ragged arrays', () => {
    const error = caught(() => read([[1, 2], [3]], 'float64', 2));
    expect(error).toMatchObject({ name: 'ShapeError', code: 'RAGGED_ARRAY' });
    expect(String(error)).toContain(label);
    expect((error as Error).stack).toContain(label);
  });

  it('refuses what is no value', () => {
    for (const value of [undefined, null, 'x', {}, () => 1, vector('v'), new Map(), 3n]) {
      expect(caught(() => read(value, 'float64'))).toMatchObject({
        name: 'ArgumentTypeError',
        code: 'COMPILE_ARGUMENT_TYPE',
      });
    }
    expect(caught(() => read(['1'], 'float64'))).toMatchObject({ code: 'NOT_A_NUMBER' });
  });

  it('checks the rank, and sizes that are known', () => {
    const type = tensorType('float64', [null, 3]);
    expect(caught(() => readArgument([1, 2, 3], type, label))).toMatchObject({
      name: 'ShapeError',
      code: 'COMPILE_ARGUMENT_RANK',
    });
    expect(caught(() => readArgument([[1, 2]], type, label))).toMatchObject({
      name: 'ShapeError',
      code: 'COMPILE_ARGUMENT_SHAPE',
      data: { axis: 1, shape: [1, 2], expected: [null, 3] },
    });
    expect(readArgument([[1, 2, 3]], type, label).shape).toEqual([1, 3]);
  });
});

describe('the arguments of a compiled function', () => {
  const x = matrix('x');
  const n = scalar('n', { dtype: 'int32' });
  const f = compile([x, n], mul(x, n), { name: 'f' });

  it('are counted', () => {
    for (const args of [[], [[[1]]], [[[1]], 1, 2]] as const) {
      // @ts-expect-error the number of arguments is wrong
      expect(caught(() => f(...args))).toMatchObject({
        name: 'ArgumentTypeError',
        code: 'COMPILE_ARGUMENT_COUNT',
        data: { count: args.length, expected: 2 },
      });
    }
  });

  it('are named in errors by position, name and type', () => {
    expect(String(caught(() => f([[1]], 1.5)))).toContain('f: argument 1 (n: int32[])');
    expect(String(caught(() => f([1], 1)))).toContain('f: argument 0 (x: float64[?,?])');
  });

  it('are never written to, strided or not', () => {
    const values: readonly TensorLike[] = [
      tensorFrom([
        [1, 2],
        [3, 4],
      ]),
      views.transpose(
        tensorFrom([
          [1, 2],
          [3, 4],
        ]),
      ),
      views.broadcastTo(tensorFrom([1, 2]), [2, 2]),
    ];
    const g = compile([x], add(mul(x, x), x));
    for (const value of values) {
      const before = tensorFrom(value).toArray();
      g(value);
      expect(tensorFrom(value).toArray()).toEqual(before);
    }
  });

  it('may be strided views', () => {
    const t = tensorFrom([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(f(views.transpose(t), 2).toArray()).toEqual([
      [2, 8],
      [4, 10],
      [6, 12],
    ]);
    expect(f(views.flip(t), 1).toArray()).toEqual([
      [6, 5, 4],
      [3, 2, 1],
    ]);
  });

  it('may be empty', () => {
    expect(f([[], []], 3).shape).toEqual([2, 0]);
    const t = tensor('t', { shape: [0, 2] });
    expect(compile([t], add(t, 1))(tensorFrom([], { shape: [0, 2] })).shape).toEqual([0, 2]);
  });
});
