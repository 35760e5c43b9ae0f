import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import { matrix, scalar, tensor3, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { add, addSlice, mean, mul, setSlice, slice, square, sub, sum, tanh } from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';
import { distance } from './compare.ts';

/** Checks that a graph runs without any `eval` and gives what the reference executor gives. */
function expectLowered(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  args: readonly Tensor[],
  roundings = 0,
): void {
  const f = compile(inputs, outputs, { backend: wasmBackend() });
  const expected = compile(inputs, outputs, { mode: 'reference' })(...args);
  f(...args);
  const actual = f(...args); // finds the memory as the first call left it
  expect(f.explain()).not.toContain('eval of');
  actual.forEach((value, k) =>
    expect(distance(value, expected[k]!)).toBeLessThanOrEqual(roundings),
  );
}

/** Numbers without a pattern. */
function numbers(
  shape: readonly number[],
  dtype: 'float64' | 'float32' | 'int32' = 'float64',
): Tensor {
  const count = shape.reduce((n, size) => n * size, 1);
  const values = Array.from({ length: count }, (_, k) => Math.sin(1 + k * k) * 10);
  return tensorFrom(
    values.map((x) => (dtype === 'int32' ? Math.round(x) : x)),
    { shape: [...shape], dtype },
  );
}

describe('slices', () => {
  const [x, m, t] = [vector('x'), matrix('m'), tensor3('t')];
  const i = scalar('i', { dtype: 'int32' });

  it('of the Rosenbrock function have gradients in loops', () => {
    const [left, right] = [slice(x, ':-1'), slice(x, '1:')];
    const cost = sum(add(mul(100, square(sub(right, square(left)))), square(sub(1, left))));
    for (const n of [2, 3, 10, 1001]) {
      expectLowered([x], [cost, grad(cost, x)], [numbers([n])], 16);
    }
  });

  it.each(['1, ::2', '::-1, newaxis, 1:-1', '..., -1', '5:2, :', ':, 1::3'])(
    'are updated: %s',
    (spec) => {
      const part = slice(m, spec);
      const outputs = [setSlice(m, mul(2, part), spec), addSlice(m, 0.5, spec), part];
      const gradient = grad(sum(square(tanh(part))), m);
      expectLowered([m], [...outputs, gradient], [numbers([5, 7])]);
    },
  );

  it('of integers and of float32 are updated', () => {
    for (const dtype of ['int32', 'float32'] as const) {
      const v = matrix('v', { dtype });
      const outputs = [setSlice(v, 3, '1:, 0'), addSlice(v, slice(v, '0'), '-1')];
      expectLowered([v], outputs, [numbers([3, 4], dtype)]);
    }
  });

  it('at an index from the graph are read and updated', () => {
    const spec = [{ start: 1 }, i, 'newaxis'] as const;
    const part = slice(t, spec);
    const outputs = [
      part,
      setSlice(t, 1, spec),
      addSlice(t, part, spec),
      grad(sum(square(part)), t),
    ];
    for (const at of [2, 0, -1]) {
      expectLowered([t, i], outputs, [numbers([3, 4, 2]), tensorFrom(at, { dtype: 'int32' })]);
    }
  });

  it('at an index from the graph outside of the axis raise', () => {
    const f = compile([x, i], slice(x, [i]), { backend: wasmBackend() });
    expect(f([1, 2, 3], -3).item()).toBe(1);
    for (const at of [3, -4]) {
      expect(() => f([1, 2, 3], at)).toThrow(
        expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }),
      );
    }
  });
});

describe('sizes', () => {
  it('of results are constants of the module', () => {
    const m = matrix('m');
    expectLowered([m], [mean(square(slice(m, '1:')))], [numbers([5, 3])], 4);
  });
});
