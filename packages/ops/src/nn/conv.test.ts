import { describe, expect, it } from '@jest/globals';
import { tensor } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import fc from 'fast-check';
import { evaluate } from '../../test/evaluate.ts';
import { conv } from './conv.ts';
import type { ConvOptions } from './conv.ts';

/** The definition, index by index: what lies outside the dilated input, and in its gaps, is 0. */
function byDefinition(
  x: Tensor,
  w: Tensor,
  { strides, inputDilation, kernelDilation, padding, groups, flipKernel }: Plan,
): readonly number[] {
  const [batch, , ...sizes] = x.shape;
  const [filters, channels, ...kernel] = w.shape;
  const length = sizes.map(
    (n, k) => (n - 1) * inputDilation[k]! + 1 + padding[k]![0] + padding[k]![1],
  );
  const reach = kernel.map((n, k) => (n - 1) * kernelDilation[k]! + 1);
  const output = length.map((n, k) => Math.max(0, Math.floor((n - reach[k]!) / strides[k]!) + 1));
  const at = (n: number, c: number, place: readonly number[]): number => {
    const inside = place.map((p, k) => p / inputDilation[k]!);
    const isThere = inside.every((p, k) => Number.isInteger(p) && p >= 0 && p < sizes[k]!);
    return isThere ? x.get(n, c, ...inside) : 0;
  };
  return indices([batch!, filters!, ...output]).map(([n, o, ...m]) => {
    const group = Math.floor(o! / (filters! / groups));
    return indices([channels!, ...kernel]).reduce((sum, [c, ...k]) => {
      const place = m.map((p, a) => p * strides[a]! + k[a]! * kernelDilation[a]! - padding[a]![0]);
      const tap = flipKernel ? k.map((p, a) => kernel[a]! - 1 - p) : k;
      return sum + at(n!, group * channels! + c!, place) * w.get(o!, c!, ...tap);
    }, 0);
  });
}

interface Plan {
  readonly strides: readonly number[];
  readonly inputDilation: readonly number[];
  readonly kernelDilation: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly groups: number;
  readonly flipKernel: boolean;
}

function indices(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, k) => [...index, k])),
    [[]],
  );
}

/** Small whole numbers, so that every order of summation gives the same. */
function counting(shape: readonly number[], step: number): Tensor {
  const size = shape.reduce((n, k) => n * k, 1);
  return tensorFrom(
    Float64Array.from({ length: size }, (_, k) => ((k * step) % 11) - 5),
    { shape },
  );
}

const geometry = fc.integer({ min: 1, max: 3 }).chain((axes) => {
  const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(item, { minLength: axes, maxLength: axes });
  const small = (max: number): fc.Arbitrary<number[]> => list(fc.integer({ min: 1, max }));
  return fc.record({
    sizes: small(5),
    kernel: small(3),
    strides: small(3),
    inputDilation: small(2),
    kernelDilation: small(2),
    padding: list(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.integer({ min: -1, max: 3 }))),
    groups: fc.integer({ min: 1, max: 2 }),
    flipKernel: fc.boolean(),
  });
});

describe('conv', () => {
  it('is the definition, for any geometry', () => {
    fc.assert(
      fc.property(geometry, ({ sizes, kernel, ...plan }) => {
        const x = counting([2, 2 * plan.groups, ...sizes], 3);
        const w = counting([2 * plan.groups, 2, ...kernel], 7);
        const y = evaluate(conv(x, w, plan));
        expect(Array.from(y.data, (value) => value + 0)).toEqual(
          byDefinition(x, w, plan).map((value) => value + 0),
        );
      }),
      { numRuns: 150 },
    );
  });

  // jax.lax.conv_general_dilated of the same arrays.
  it('agrees with JAX on `same` padding', () => {
    const x = counting([1, 1, 5, 4], 3);
    const w = counting([1, 1, 3, 2], 7);
    const y = evaluate(conv(x, w, { padding: 'same', strides: 2 }));
    expect(y.toArray()).toEqual([
      [
        [
          [-1.0, 5.0],
          [19.0, -15.0],
          [24.0, -53.0],
        ],
      ],
    ]);
  });

  it('knows its shape as far as the sizes are known', () => {
    const x = tensor('x', { shape: [null, 3, 28, null] });
    const w = tensor('w', { shape: [8, 3, 5, 5] });
    expect(conv(x, w, { strides: 2 }).shape).toEqual([null, 8, 12, null]);
  });

  it('of float32 and float64 is float64, and of integers float', () => {
    const x = tensor('x', { dtype: 'float32', shape: [1, 1, 4] });
    const w = tensor('w', { shape: [1, 1, 2] });
    expect(conv(x, w).dtype).toBe('float64');
    expect(conv(x, tensor('v', { dtype: 'uint8', shape: [1, 1, 2] })).dtype).toBe('float32');
  });

  it('has no result where the kernel is longer than the input', () => {
    expect(evaluate(conv(counting([2, 1, 2], 3), counting([4, 1, 3], 7))).shape).toEqual([2, 4, 0]);
  });

  const shaped = (...shape: number[]): Tensor => counting(shape, 3);
  it.each<[string, Tensor, Tensor, ConvOptions, string]>([
    ['ranks that differ', shaped(1, 1, 4), shaped(1, 1, 2, 2), {}, 'OP_CONV_SHAPES'],
    ['no spatial axis', shaped(1, 4), shaped(1, 4), {}, 'OP_CONV_SHAPES'],
    ['channels that differ', shaped(1, 3, 4), shaped(2, 2, 2), {}, 'OP_CONV_SHAPES'],
    [
      'filters that do not divide',
      shaped(1, 2, 4),
      shaped(3, 1, 2),
      { groups: 2 },
      'OP_CONV_SHAPES',
    ],
    ['a stride of 0', shaped(1, 1, 4), shaped(1, 1, 2), { strides: 0 }, 'OP_WINDOW'],
    ['too many strides', shaped(1, 1, 4), shaped(1, 1, 2), { strides: [1, 1] }, 'OP_WINDOW'],
    ['half a padding', shaped(1, 1, 4), shaped(1, 1, 2), { padding: [[1, 0.5]] }, 'OP_PADDING'],
    ['no groups', shaped(1, 1, 4), shaped(1, 1, 2), { groups: 0 }, 'OP_GROUPS'],
  ])('refuses %s', (_, x, w, options, code) => {
    expect(() => conv(x, w, options)).toThrow(expect.objectContaining({ code }));
  });
});
