import { describe, expect, it } from '@jest/globals';
import { add, matmul, mul, square, sum } from '@cotangent/ops';
import type { Variable } from '@cotangent/graph';
import { jvp, vjp } from './products.ts';

type Line = { readonly slope: Variable; readonly offset: Variable };

describe('jvp', () => {
  it('gives the value and the tangent', () => {
    const { value, tangent } = jvp((x: Variable) => square(x))([[3, 4]], [[1, 0]]);
    expect(value.toArray()).toEqual([9, 16]);
    expect(tangent.toArray()).toEqual([6, 0]);
  });

  it('takes and returns structures', () => {
    const f = jvp(({ slope, offset }: Line, x: Variable) => ({
      y: add(mul(slope, x), offset),
      parts: [slope, sum(x)] as const,
    }));
    const { tangent } = f([{ slope: 2, offset: 1 }, [1, 3]], [{ slope: 10, offset: 1 }, [0, 1]]);
    expect(tangent.y.toArray()).toEqual([11, 33]);
    expect(tangent.parts[1].item()).toBe(1);
  });

  it('refuses tangents of another structure or shape', () => {
    const f = jvp((x: Variable) => square(x));
    const record = { a: 1 } as unknown as number;
    expect(() => f([1], [record])).toThrow(expect.objectContaining({ code: 'TRACE_STRUCTURE' }));
    expect(() => f([[1, 2]], [[1, 2, 3]])).toThrow(
      expect.objectContaining({ code: 'GRAD_TANGENT_SHAPE' }),
    );
  });
});

describe('vjp', () => {
  it('pulls cotangents back to every argument', () => {
    const f = vjp((a: Variable, b: Variable) => matmul(a, b));
    const { value, pullback } = f([[1, 2]], [[3], [4]]);
    expect(value.toArray()).toEqual([[11]]);
    const [aBar, bBar] = pullback([[10]]);
    expect(aBar.toArray()).toEqual([[30, 40]]);
    expect(bBar.toArray()).toEqual([[10], [20]]);
  });

  it('takes cotangents in the structure of the value', () => {
    const { pullback } = vjp((x: Variable) => [square(x), { twice: mul(2, x) }] as const)([3]);
    expect(pullback([[1], { twice: [10] }])[0].toArray()).toEqual([26]);
    expect(() => pullback([1])).toThrow(expect.objectContaining({ code: 'TRACE_STRUCTURE' }));
  });

  it('is the transpose of jvp', () => {
    const fn = (x: Variable): Variable => mul(x, sum(square(x)));
    const at = [1, -2, 0.5];
    const { tangent } = jvp(fn)([at], [[0.3, 0.2, -1]]);
    const [xBar] = vjp(fn)(at).pullback([2, -1, 0.7]);
    const dot = (u: unknown, v: readonly number[]): number =>
      (u as number[]).reduce((total, ui, i) => total + ui * v[i]!, 0);
    const left = dot(tangent.toArray(), [2, -1, 0.7]);
    expect(dot(xBar.toArray(), [0.3, 0.2, -1])).toBeCloseTo(left, 12);
  });
});
