import { describe, expect, it } from '@jest/globals';
import { add, matmul, mean, mul, square, sub, sum } from '@cotangent/ops';
import type { Variable } from '@cotangent/graph';
import { expectTypeOf } from 'expect-type';
import type { Tensor } from '@cotangent/tensor';
import { grad } from './grad.ts';
import { jit } from './jit.ts';
import { valueAndGrad } from './value-and-grad.ts';

type Line = { readonly slope: Variable; readonly offset: Variable };

describe('valueAndGrad', () => {
  const loss = (line: Line, x: Variable, y: Variable): Variable =>
    mean(square(sub(add(mul(line.slope, x), line.offset), y)));

  it('gives gradients in the structure of its argument', () => {
    const f = valueAndGrad(loss);
    const { value, grad: g } = f({ slope: 1, offset: 0 }, [0, 1], [1, 1]);
    expect(value).toBe(0.5);
    expectTypeOf(g).toEqualTypeOf<{ readonly slope: Tensor; readonly offset: Tensor }>();
    expect(g.slope.item()).toBe(0);
    expect(g.offset.item()).toBe(-1);
  });

  it('differentiates by the argument named', () => {
    const f = valueAndGrad((_: Line, b: Variable) => sum(square(b)), { argument: 1 });
    expect(f({ slope: 1, offset: 2 }, [3]).grad.toArray()).toEqual([6]);
  });

  it('gives zeros for an argument without influence', () => {
    const f = valueAndGrad((_a: Variable, b: Variable) => sum(b));
    expect(f([1, 2], [3]).grad.toArray()).toEqual([0, 0]);
  });

  it('traces once for each dtype and shape', () => {
    let traces = 0;
    const f = valueAndGrad((x: Variable) => {
      traces++;
      return sum(square(x));
    });
    f([1, 2]);
    f([3, 4]);
    expect(traces).toBe(1);
    f([1, 2, 3]);
    f(new Float32Array([1, 2]));
    expect(traces).toBe(3);
  });

  it('keeps no more traces than its cache holds', () => {
    let traces = 0;
    const f = valueAndGrad(
      (x: Variable) => {
        traces++;
        return sum(x);
      },
      { cacheSize: 1 },
    );
    f([1]);
    f([1, 2]);
    f([1]);
    expect(traces).toBe(3);
  });

  it('refuses a function that does not return a scalar', () => {
    const f = valueAndGrad((x: Variable) => square(x));
    expect(() => f([1, 2])).toThrow(expect.objectContaining({ code: 'GRAD_COST_NOT_SCALAR' }));
  });

  it('refuses an argument that does not exist', () => {
    const f = valueAndGrad((x: Variable) => sum(x), { argument: 1 });
    expect(() => f([1])).toThrow(expect.objectContaining({ code: 'TRACE_ARGUMENT' }));
  });

  it('names the path of an argument that is no value', () => {
    const f = valueAndGrad(loss, { name: 'loss' });
    const bad = { slope: 'steep' as unknown as number, offset: 0 };
    expect(() => f(bad, [0], [0])).toThrow(
      expect.objectContaining({ code: 'TRACE_NOT_A_VALUE', data: { path: 'loss[0].slope' } }),
    );
  });
});

describe('grad of a function', () => {
  it('returns the gradient alone', () => {
    expect(grad((x: Variable) => sum(square(x)))([1, 2]).toArray()).toEqual([2, 4]);
  });
});

describe('jit', () => {
  it('returns what the function returns, as tensors', () => {
    const f = jit((a: Variable, b: Variable) => ({
      sum: add(a, b),
      both: [a, mul(a, b)] as const,
    }));
    const result = f([1, 2], 3);
    expectTypeOf(result.sum).toEqualTypeOf<Tensor>();
    expect(result.sum.toArray()).toEqual([4, 5]);
    expect(result.both[1].toArray()).toEqual([3, 6]);
  });

  it('keeps the dtype of typed arrays', () => {
    const f = jit((x: Variable) => mul(x, 2));
    expect(f(new Float32Array([0.5])).dtype).toBe('float32');
  });

  it('refuses a function that returns something else', () => {
    const f = jit((() => 3) as unknown as () => Variable);
    expect(() => f()).toThrow(expect.objectContaining({ code: 'TRACE_OUTPUT' }));
  });

  it('multiplies matrices of any size', () => {
    const f = jit((a: Variable, b: Variable) => matmul(a, b));
    expect(f([[1, 2]], [[3], [4]]).toArray()).toEqual([[11]]);
    expect(f([[2]], [[5]]).toArray()).toEqual([[10]]);
  });
});
