import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import { matrix, scalar, tensor3, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import {
  add,
  addIndex,
  addSlice,
  affineScan,
  all,
  any,
  argmax,
  argmin,
  argsort,
  concatenate,
  cumprod,
  cumsum,
  eq,
  gt,
  index,
  max,
  maskSelect,
  mean,
  min,
  mul,
  oneHot,
  pad,
  prod,
  putAlongAxis,
  repeat,
  setIndex,
  setMask,
  setSlice,
  slice,
  sort,
  square,
  std,
  sub,
  sum,
  take,
  takeAlongAxis,
  tanh,
  tensordot,
  tile,
  var as variance,
} from '@cotangent/ops';
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

  it('of many places have gradients in loops, cut or not', () => {
    const products = Array.from({ length: 60 }, (_, k) =>
      sum(mul(slice(x, [{ start: k + 1 }]), slice(x, [{ stop: -k - 1 }]))),
    );
    for (const count of [12, 60]) {
      const [first, ...more] = products.slice(0, count);
      const cost = more.reduce((total, y) => add(total, y), first!);
      expectLowered([x], [cost, grad(cost, x)], [numbers([80])], 64);
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

  it('set to zero where the first entries are leave the rest as it is for the next update', () => {
    const [x, v] = [matrix('x'), matrix('v')];
    const y = addSlice(setSlice(square(x), 0, ':1'), v, ':, :1');
    const f = compile([x, v], y, { backend: wasmBackend() });
    const values = f(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [[10], [20]],
    );
    expect(values.toArray()).toEqual([
      [10, 0, 0],
      [36, 25, 36],
    ]);
  });

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

/** Whole numbers from −size to size − 1. */
function places(shape: readonly number[], size: number): Tensor {
  const count = shape.reduce((n, length) => n * length, 1);
  const values = Array.from({ length: count }, (_, k) => ((7 * k * k + 3 * k) % (2 * size)) - size);
  return tensorFrom(values, { shape: [...shape], dtype: 'int32' });
}

describe('index arrays', () => {
  const [t, m] = [tensor3('t'), matrix('m')];
  const i = matrix('i', { dtype: 'int32' });
  const args = [numbers([4, 5, 3]), places([2, 6], 3)];

  it('read, write and add in loops, with their gradients', () => {
    for (const spec of [[i], [{}, i], [{}, {}, i], [i, {}, i], [i, i], [{ start: 1 }, i, i]]) {
      const part = index(t, spec);
      const written = setIndex(t, mul(2, part), spec);
      const added = addIndex(t, tanh(part), spec);
      const gradients = [part, written, added].map((y) => grad(sum(square(tanh(y))), t));
      expectLowered([t, i], [part, written, added, ...gradients], args, 8);
    }
  });

  it('read and write along an axis', () => {
    for (const axis of [0, 1]) {
      const part = takeAlongAxis(m, i, { axis });
      const set = putAlongAxis(m, i, mul(2, part), { axis });
      const added = putAlongAxis(m, i, part, { axis, mode: 'add' });
      const gradients = [set, added].map((y) => grad(sum(square(y)), m));
      const shapes = axis === 0 ? [3, 6] : [2, 3];
      expectLowered([m, i], [part, set, added, ...gradients], [numbers(shapes), args[1]!], 8);
    }
  });

  it('go round or stay at the ends', () => {
    const far = tensorFrom([[-7, 9, 2]], { dtype: 'int32' });
    const modes = ['wrap', 'clip'] as const;
    const f = compile(
      [m, i],
      modes.map((mode) => take(m, i, { axis: 1, mode })),
      { backend: wasmBackend() },
    );
    const g = compile(
      [m, i],
      modes.map((mode) => take(m, i, { axis: 1, mode })),
      { mode: 'reference' },
    );
    expect(f([[1, 2, 3, 4]], far).map((y) => y.toArray())).toEqual(
      g([[1, 2, 3, 4]], far).map((y) => y.toArray()),
    );
  });

  it('that name what is not there raise the error of the op', () => {
    const graphs = [index(m, [{}, i]), setIndex(m, 0, [{}, i]), takeAlongAxis(m, i), oneHot(i, 3)];
    for (const y of graphs) {
      const f = compile([m, i], y, { backend: wasmBackend(), onUnusedInput: 'ignore' });
      f([[1, 2, 3]], [[0, 2]]);
      expect(f.explain()).not.toContain('eval of');
      expect(() => f([[1, 2, 3]], [[0, 3]])).toThrow(
        expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }),
      );
      f([[1, 2, 3]], [[0, 1]]);
    }
  });

  it('of masks depend on values: explain says what runs them', () => {
    const mask = gt(m, 0);
    const part = maskSelect(m, mask);
    const f = compile([m], [part, grad(sum(square(part)), m), setMask(m, mask, 0)], {
      backend: wasmBackend(),
    });
    expect(
      f([
        [1, -2],
        [3, 4],
      ]).map((y) => y.toArray()),
    ).toEqual([
      [1, 3, 4],
      [
        [2, 0],
        [6, 8],
      ],
      [
        [0, -2],
        [0, 0],
      ],
    ]);
    expect(f.explain()).toContain('reference executor: some shape depends on values');
  });
});

describe('sorting', () => {
  it('is done in loops, of any length, along any axis, of any dtype', () => {
    for (const dtype of ['float64', 'float32', 'int32'] as const) {
      const m = matrix('m', { dtype });
      const ys = [sort(m), argsort(m, { axis: 0 }), sort(m, { axis: 0 })];
      for (const shape of [
        [3, 100],
        [65, 2],
        [1, 1],
        [2, 0],
      ]) {
        expectLowered([m], ys, [numbers(shape, dtype)]);
      }
    }
  });

  it('keeps the order of equal entries, puts NaN last, and has a gradient', () => {
    const v = vector('v');
    const special = tensorFrom([2, Number.NaN, 1, 2, -0, 0, Number.NaN, -Infinity, 1]);
    expectLowered([v], [argsort(v), sort(v)], [special]);
    expectLowered([v], [grad(sum(mul(sort(v), cumsum(v))), v)], [numbers([50])], 64);
  });
});

describe('scans', () => {
  it('run in loops along every axis, from both ends', () => {
    const [a, b] = [tensor3('a'), tensor3('b')];
    const args = [numbers([3, 4, 5]), numbers([3, 4, 5])];
    for (const axis of [0, 1, 2]) {
      for (const reverse of [false, true]) {
        const ys = [
          cumsum(a, { axis, reverse }),
          cumprod(b, { axis, reverse, exclusive: true }),
          affineScan(b, a, undefined, { axis, reverse }),
        ];
        const gradients = ys.flatMap((y) =>
          grad(sum(square(tanh(y))), [a, b], { disconnectedInputs: 'ignore' }),
        );
        expectLowered([a, b], [...ys, ...gradients], args, 1024);
      }
    }
  });
});

describe('reductions', () => {
  it('of integers and truths run in loops', () => {
    for (const dtype of ['int32', 'float64'] as const) {
      const t = tensor3('t', { dtype });
      const truth = gt(t, 0);
      for (const axis of [0, [0, 2], undefined]) {
        const ys = [sum, prod, max, min, any, all].map((reduce) => reduce(truth, { axis }));
        const places = [argmax(t, { axis: 1 }), argmin(t, { keepDims: true }), argmax(truth)];
        expectLowered([t], [...ys, max(t, { axis }), ...places], [numbers([3, 4, 5], dtype)]);
      }
    }
  });

  it('of integers raise where an int32 does not hold the result', () => {
    const v = vector('v', { dtype: 'int32' });
    const graphs: readonly (readonly [Variable, number])[] = [
      [sum(v), 5],
      [prod(v), 6],
    ];
    for (const [y, expected] of graphs) {
      const f = compile([v], y, { backend: wasmBackend() });
      expect(f([2, 3]).item()).toBe(expected);
      expect(f.explain()).not.toContain('eval of');
      expect(() => f([2 ** 30, 2 ** 30])).toThrow(
        expect.objectContaining({ code: 'OP_INTEGER_OVERFLOW' }),
      );
    }
  });

  it('to spreads and contractions share loops', () => {
    const [t, u] = [tensor3('t'), tensor3('u')];
    const args = [numbers([3, 4, 5]), numbers([4, 3, 2])];
    const ys = [
      variance(t, { axis: 1, ddof: 1 }),
      variance(t),
      std(t, { axis: [0, 2] }),
      tensordot(t, u, [
        [1, 0],
        [0, 1],
      ]),
      tensordot(slice(t, '0, 0'), slice(u, '0'), 0),
    ];
    expectLowered([t, u], ys, args, 64);
  });
});

describe('layouts', () => {
  it('change in loops', () => {
    const m = matrix('m');
    const ys = [
      tile(m, [2, 3]),
      repeat(m, 2, { axis: 1 }),
      repeat(m, [1, 0, 2], { axis: 0 }),
      pad(
        m,
        [
          [1, 2],
          [0, 3],
        ],
        { value: 7 },
      ),
      pad(
        m,
        [
          [1, 2],
          [0, 3],
        ],
        { mode: 'symmetric' },
      ),
      concatenate([m, m, mul(2, m), m, m, m], { axis: 1 }),
      oneHot(argmax(m, { axis: 1 }), 4),
    ];
    const known = matrix('k', { shape: [3, 4] });
    const built = (x: Variable): readonly Variable[] => [
      pad(x, [[1, 1]]),
      concatenate([x, eq(x, 0)]),
    ];
    expectLowered(
      [m],
      [...ys, ...ys.slice(0, 6).map((y) => grad(sum(square(y)), m))],
      [numbers([3, 4])],
      8,
    );
    expectLowered([known], built(known), [numbers([3, 4])]);
  });
});
