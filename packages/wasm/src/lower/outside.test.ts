import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import { tensor } from '@cotangent/graph';
import type { SliceSpec } from '@cotangent/ops';
import { exp, slice, sum } from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import { wasmBackend } from '../backend.ts';

/** The loops that the gradient of a part takes, which must be that of the reference. */
function gradientOf(shape: readonly number[], part: SliceSpec): string {
  const x = tensor('x', { dtype: 'float64', shape });
  const outputs = [grad(sum(exp(slice(x, part))), x)];
  const size = shape.reduce((n, k) => n * k, 1);
  const value = tensorFrom(
    Array.from({ length: size }, (_, k) => (k % 7) - 3),
    { shape },
  );
  const f = compile([x], outputs, { backend: wasmBackend() });
  const want = compile([x], outputs, { mode: 'reference' })(value)[0]!.toArray();
  f(value); // the second call finds the memory as the first one left it
  const got = [f(value)[0]!.toArray()].flat(9).map(Number);
  [want].flat(9).forEach((y, k) => expect(got[k]).toBeCloseTo(Number(y), 12));
  return f.explain().split('procedure').slice(1).join('');
}

const isWhole = (text: string, size: number): boolean => text.includes(`for k in 0 … ${size}\n`);

describe('fillOutside', () => {
  it('fills what is before and behind a part', () => {
    const text = gradientOf([10], '1:8');
    expect(isWhole(text, 10)).toBe(false);
    expect(text).toContain('for k in 0 … 2\n');
    expect(text).toContain('[0] = 0\n');
  });

  it('fills around parts of more axes', () => {
    for (const part of ['1:, :-1', ':, 1:-1', '1:, ...', ':-1, :, 1:', '..., :-1'] as const)
      expect(isWhole(gradientOf([4, 5, 6], part), 120)).toBe(false);
    expect(isWhole(gradientOf([2, 3], ':, -3:'), 6)).toBe(false);
  });

  it('fills everything around parts that are small, or have gaps', () => {
    expect(isWhole(gradientOf([10], '3:6'), 10)).toBe(true);
    expect(isWhole(gradientOf([10], '::2'), 10)).toBe(true);
    expect(isWhole(gradientOf([5, 4], '-1'), 20)).toBe(true);
    expect(isWhole(gradientOf([10], '::-1'), 10)).toBe(true);
  });

  it('takes an index for a range of one', () => {
    expect(isWhole(gradientOf([1, 8], '-1, 1:'), 8)).toBe(false);
  });
});
