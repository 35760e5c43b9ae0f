import { describe, expect, it } from '@jest/globals';
import {
  ValueError,
  avgPool,
  compile,
  conv,
  dropout,
  grad,
  maxPool,
  mean,
  mul,
  normal,
  randomBits,
  randomKey,
  sin,
  sparseSoftmaxCrossEntropy,
  splitKey,
  sum,
  sumPool,
  tensor,
  tensorFrom,
  uniform,
} from 'cotangent';
import type { ConvOptions, Input, PoolOptions, Tensor, Variable } from 'cotangent';

/** Deterministic values in (−1, 1), with ties. */
function values(shape: readonly number[]): Tensor {
  const size = shape.reduce((n, k) => n * k, 1);
  const data = Float64Array.from(
    { length: size },
    (_, k) => Math.round(8 * Math.sin(3 * k + 1)) / 8,
  );
  return tensorFrom(data, { shape });
}

/** Both modes agree, and the module ran every op itself. */
function expectAgreement(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  at: readonly Tensor[],
  tolerance = 1e-13, // sums of some dozens of products of numbers below 1
): void {
  const fast = compile(inputs, outputs);
  const wanted = compile(inputs, outputs, { mode: 'reference' })(...at);
  fast(...at).forEach((got, i) => {
    expect(got.shape).toEqual(wanted[i]!.shape);
    const differences = Array.from(got.data, (value, k) => {
      const want = wanted[i]!.data[k]!;
      return Object.is(value, want) ? 0 : Math.abs(value - want);
    });
    expect(differences.every((difference) => difference <= tolerance)).toBe(true);
  });
  expect(fast.explain()).not.toContain('eval of');
}

describe('conv in the module', () => {
  it.each<ConvOptions>([
    {},
    { strides: 2 },
    { padding: 'same', strides: [2, 3] },
    {
      padding: [
        [1, 2],
        [-1, 0],
      ],
    },
    {
      padding: [
        [-1, -1],
        [2, 1],
      ],
      inputDilation: 2,
      strides: 2,
    },
    {
      kernelDilation: [2, 1],
      padding: [
        [2, 0],
        [1, 1],
      ],
    },
    { groups: 2, flipKernel: true, padding: 'same' },
    {
      groups: 2,
      inputDilation: [1, 3],
      strides: [3, 2],
      padding: [
        [0, -2],
        [3, 3],
      ],
    },
  ])('gives value and gradients of the reference with %j', (options) => {
    const groups = options.groups ?? 1;
    const x = tensor('x', { shape: [null, null, null, null] });
    const w = tensor('w', { shape: [null, null, null, null] });
    const y = conv(x, w, options);
    const gradients = grad(sum(sin(y)), [x, w]);
    expectAgreement(
      [x, w],
      [y, ...gradients],
      [values([2, 2 * groups, 7, 6]), values([2 * groups, 2, 3, 2])],
    );
  });

  it('works in strips where windows are many', () => {
    const x = tensor('x', { shape: [1, 16, 40, 40] });
    const w = tensor('w', { shape: [3, 16, 5, 5] });
    const y = conv(x, w, { padding: 'same' });
    expectAgreement(
      [x, w],
      [y, ...grad(sum(sin(y)), [x, w])],
      [values([1, 16, 40, 40]), values([3, 16, 5, 5])],
      1e-10,
    );
  });
});

describe('pooling in the module', () => {
  const pools: readonly (readonly [readonly number[], PoolOptions])[] = [
    [[2, 3, 7, 6], { window: [2, 2] }],
    [[2, 7, 6], { window: [3, 3], strides: 2, padding: 'same' }],
    [[7, 6], { window: [3, 3], strides: 2, ignoreBorder: false }],
    [
      [2, 7, 6],
      {
        window: [2, 3],
        strides: [3, 2],
        padding: [
          [1, 0],
          [2, 1],
        ],
        ignoreBorder: false,
      },
    ],
    [[3, 30], { window: [30] }],
  ];
  it.each(pools)('gives value and gradient of the reference for %j with %j', (shape, options) => {
    for (const pool of [maxPool, sumPool, avgPool]) {
      const x = tensor('x', { shape: shape.map(() => null) });
      const y = pool(x, options);
      expectAgreement([x], [y, grad(sum(sin(y)), x)], [values(shape)]);
    }
  });
});

describe('labels in the module', () => {
  const logits = tensor('logits', { shape: [null, null] });
  const labels = tensor('labels', { shape: [null], dtype: 'int32' });
  const loss = mean(sparseSoftmaxCrossEntropy(logits, labels));

  it('give value and gradient of the reference', () => {
    const at = [values([3, 4]), tensorFrom(Int32Array.of(3, 0, 2))];
    expectAgreement([logits, labels], [loss, grad(loss, logits)], at);
  });

  it('that no class has are named, and the next call works', () => {
    const f = compile([logits, labels], loss);
    const wrong = (): unknown => f(values([3, 4]), Int32Array.of(3, 4, 2));
    expect(wrong).toThrow(ValueError);
    expect(wrong).toThrow('label 4 at [1] of 4 classes');
    expect(f(values([3, 4]), Int32Array.of(3, 0, 2)).item()).toBeGreaterThan(0);
  });
});

describe('draws in the module', () => {
  it('are those of the reference', () => {
    const key = tensor('key', { shape: [2], dtype: 'int32' });
    const keys = splitKey(key, 2);
    const bits = randomBits(keys, [5, 3]);
    const at = [tensorFrom(Int32Array.of(7, -9))];
    const outputs = [keys, bits, uniform(key, [7]), uniform(key, [7], { dtype: 'float32' })];
    expectAgreement([key], outputs, at, 0);
    // Φ⁻¹ of the same numbers: its logarithm and quotients differ in the last digits.
    expectAgreement([key], [normal(key, [1000])], at, 1e-14);
  });

  it('drop the same elements in the gradient as in the value', () => {
    const x = tensor('x', { shape: [100] });
    const y = dropout(x, randomKey(3));
    const [value, gradient] = compile([x], [y, grad(sum(mul(y, 1)), x)])(values([100]));
    expect(gradient.toArray()).toEqual(compile([x], y)(new Float64Array(100).fill(1)).toArray());
    expect(value.size).toBe(100);
  });
});
