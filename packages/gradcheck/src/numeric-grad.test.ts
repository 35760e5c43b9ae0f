import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { NumericGrad, numericGrad } from './numeric-grad.ts';

const sumOf = (...xs: readonly Tensor[]): number =>
  xs.flatMap((x) => (x.toArray() as number[]).flat()).reduce((sum, x) => sum + x, 0);
const f32 = (values: readonly number[]): Tensor => tensorFrom(values, { dtype: 'float32' });

describe('NumericGrad.absRelErr', () => {
  it('gives (2, 0.5) for 1 and 3', () => {
    expect(NumericGrad.absRelErr(1, 3).map((e) => e.item())).toEqual([2, 0.5]);
  });

  it('S17 gives (0, 0) for equal zeros', () => {
    expect(NumericGrad.absRelErr(0, 0).map((e) => e.item())).toEqual([0, 0]);
  });

  it('clips the denominator at 1e-8', () => {
    expect(NumericGrad.absRelErr(0, 1e-10)[1].item()).toBeCloseTo(1e-2, 12);
    expect(NumericGrad.absRelErr(f32([0]), f32([1e-10]))[1].get(0)).toBeCloseTo(1e-2, 8);
  });

  it('has a relative error of at most 1', () => {
    expect(NumericGrad.absRelErr(-5, 1e9)[1].item()).toBe(1);
  });
});

describe('NumericGrad', () => {
  it('has the steps of Theano', () => {
    expect(NumericGrad.typeEps).toEqual({ float64: 1e-7, float32: 3e-4, float16: 1e-1 });
  });

  it('S17 takes the largest step of the dtypes and the most precise dtype', () => {
    const x64 = tensorFrom([1, 2]);
    expect(numericGrad(sumOf, [x64]).eps).toBe(1e-7);
    const mixed = numericGrad(sumOf, [x64, f32([3])]);
    expect(mixed.eps).toBe(3e-4);
    expect(mixed.gf.map((g) => g.dtype)).toEqual(['float64', 'float64']);
    expect(numericGrad(sumOf, [f32([3])]).gf[0]!.dtype).toBe('float32');
  });

  it('calls the function N + 1 times, each time with copies', () => {
    const point = tensorFrom([1, 2, 3]);
    const seen = new Set<Tensor>();
    const { gf } = numericGrad((x) => {
      seen.add(x);
      const value = x.get(0) + 2 * x.get(1) + 3 * x.get(2);
      x.data.fill(1e9);
      return value;
    }, point);
    expect(seen.size).toBe(4);
    expect(seen).not.toContain(point);
    expect(point.toArray()).toEqual([1, 2, 3]);
    [1, 2, 3].forEach((g, k) => expect(gf.get(k)).toBeCloseTo(g, 6));
  });

  it('is one-sided unless central differences are asked for', () => {
    const square = (x: Tensor): number => x.item() ** 2;
    expect(numericGrad(square, 0, { eps: 0.5 }).gf.item()).toBe(0.5);
    expect(numericGrad(square, 0, { eps: 0.5, differences: 'central' }).gf.item()).toBe(0);
    expect(numericGrad(square, 1000, { differences: 'central' }).gf.item()).toBeCloseTo(2000, 8);
  });

  it('mirrors the form of the point', () => {
    expect(numericGrad(sumOf, tensorFrom([1, 2])).gf.shape).toEqual([2]);
    expect(numericGrad(sumOf, [[1, 2], [3]]).gf.map((g) => g.shape)).toEqual([[2], [1]]);
    expect(numericGrad(() => 1, []).gf).toEqual([]);
  });

  it('reads strided points', () => {
    const transposed = tensorFrom([
      [1, 2],
      [3, 4],
    ]).transpose(1, 0);
    const { gf } = numericGrad((x) => x.get(0, 1) * 5, transposed);
    expect(gf.get(0, 1)).toBeCloseTo(5, 5);
    expect(gf.get(1, 0)).toBe(0);
  });

  it('refuses a function that is not scalar', () => {
    const vector = numericGrad.bind(undefined, (x: Tensor) => x, tensorFrom([1]));
    expect(vector).toThrow(TypeError);
    expect(vector).toThrow(expect.objectContaining({ code: 'GRADCHECK_NOT_SCALAR' }));
  });

  it('refuses points that are not floating, naming position and dtype', () => {
    expect(() => numericGrad(sumOf, [[1], tensorFrom([1], { dtype: 'int32' })])).toThrow(
      expect.objectContaining({
        code: 'GRADCHECK_POINT_DTYPE',
        data: { position: 1, dtype: 'int32' },
      }),
    );
  });

  it('refuses options that make no sense', () => {
    expect(() => numericGrad(sumOf, [1], { eps: 0 })).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_INVALID_OPTION' }),
    );
    const misspelt: object = { epsilon: 1 };
    expect(() => numericGrad(sumOf, [1], misspelt)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
  });
});

describe('absRelErrors', () => {
  it('gives a pair per argument, or one for a single argument', () => {
    const one = numericGrad((x) => 2 * x.get(0), tensorFrom([1]), { eps: 0.5 });
    expect(one.absRelErrors([6])[0].toArray()).toEqual([4]);
    const list = numericGrad((x) => 2 * x.get(0), [tensorFrom([1])], { eps: 0.5 });
    expect(list.absRelErrors([[6]]).map(([abs, rel]) => [abs.get(0), rel.get(0)])).toEqual([
      [4, 0.5],
    ]);
  });

  it('refuses another count and another shape', () => {
    const gradient = numericGrad(sumOf, [[1, 2]]);
    expect(() => gradient.absRelErrors([])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_COUNT' }),
    );
    expect(() => gradient.absRelErrors([[1, 2, 3]])).toThrow(
      expect.objectContaining({
        code: 'GRADCHECK_GRADIENT_SHAPE',
        data: { position: 0, expected: [2], got: [3] },
      }),
    );
  });
});

describe('maxErr', () => {
  const ones = numericGrad((x, y) => x.get(0) + x.get(1) + y.get(0), [[0, 0], [0]], { eps: 1 });

  it('gives argument, position and errors of the worst element', () => {
    expect(ones.maxErr([[1, 1], [3]], 1e-4, 1e-4)).toEqual([1, 0, 2, 0.5]);
  });

  it('gives the first of equals', () => {
    expect(ones.maxErr([[3, 3], [3]], 1e-4, 1e-4)?.slice(0, 2)).toEqual([0, 0]);
    expect(ones.maxErr([[1, 1], [1]], 1e-4, 1e-4)).toEqual([0, 0, 0, 0]);
  });

  it('weighs an element by the tolerance it exceeds less', () => {
    // abs 1 is 1e4 tolerances, rel 1/3 is 3333: the smaller counts.
    const scaled = numericGrad((x) => x.get(0) + 1e6 * x.get(1), [[0, 0]], { eps: 1 });
    expect(scaled.maxErr([[2, 1e6 + 10]], 1e-4, 1e-4)?.[1]).toBe(0);
  });

  it('passes over arguments without elements', () => {
    const empty = numericGrad((_, y) => y.get(0), [[], [0]], { eps: 1 });
    expect(empty.maxErr([[], [1]], 1e-4, 1e-4)).toEqual([1, 0, 0, 0]);
    expect(numericGrad(() => 1, [[]]).maxErr([[]], 1, 1)).toBeUndefined();
  });

  it('refuses what is not finite, naming the element', () => {
    expect(() => ones.maxErr([[1, NaN], [1]], 1, 1)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_NON_FINITE', data: { arg: 0, index: [1] } }),
    );
  });
});
