import { describe, expect, it } from '@jest/globals';
import { mapTensors, tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import {
  abs,
  add,
  broadcastLike,
  castTo,
  clip,
  cos,
  div,
  maximum,
  mul,
  pow,
  reshape,
  square,
  sub,
  sum,
  sumLike,
  transpose,
  where,
} from '@cotangent/ops';
import { disconnectedGrad } from '@cotangent/ops';
import { defineOp, disconnected, elementwise, notImplemented, zero } from '@cotangent/graph';
import type { Diff, NoAttrs, OpSample, Variable } from '@cotangent/graph';
import { checkOp } from '../src/check-op.ts';
import type { CheckOpOptions, OpCarrier } from '../src/check-op.ts';
import type { CheckId } from '../src/op/report.ts';

/** The checks that fail. */
function failuresOf(
  op: OpCarrier,
  samples?: readonly OpSample[],
  options?: CheckOpOptions,
): readonly CheckId[] {
  const { checks } = checkOp(op, samples, options);
  return [...new Set(checks.filter((c) => c.verdict === 'fail').map((c) => c.id))];
}

/** An elementwise op of one input with some rule. */
function unary(
  f: (x: number) => number,
  diff: Diff<1, NoAttrs>,
  points: readonly (readonly [number])[] = [[-2.5], [0.5], [3]],
): OpCarrier {
  return elementwise<1>('unary', 1, { eval: f, diff: [diff], points });
}

const matrixSample: readonly OpSample[] = [
  {
    inputs: [
      [
        [1.5, -2, 3],
        [0.25, 5, -6],
      ],
    ],
  },
];

/** y = xᵀx-like: y[i] = Σⱼ x[i,j]², with some pullback. */
function rowSquares(pullback: (yBar: Variable, x: Variable) => Variable): OpCarrier {
  return defineOp<1, 1>(
    'rowSquares',
    { inputs: 1, outputs: 1 },
    {
      infer: ([x]) => [{ ...x, shape: x.shape.slice(0, 1) }],
      eval: ([x]) => {
        const y = zerosTensor(x.shape.slice(0, 1), x.dtype);
        for (let i = 0; i < x.shape[0]!; i++) {
          for (let j = 0; j < x.shape[1]!; j++) y.data[i]! += x.get(i, j) ** 2;
        }
        return [y];
      },
      pullback: ([yBar], { inputs: [x] }) => [pullback(yBar, x)],
      samples: matrixSample,
    },
  );
}
const asColumn = (y: Variable): Variable => reshape(y, [-1, 1]);

describe('checkOp accepts', () => {
  it('a right rule of an op defined outside the library', () => {
    const softsign = unary(
      (x) => x / (1 + Math.abs(x)),
      (g, [x]) => div(g, square(add(1, abs(x)))),
    );
    expect(failuresOf(softsign)).toEqual([]);
    expect(failuresOf(rowSquares((yBar, x) => mul(mul(2, asColumn(yBar)), x)))).toEqual([]);
  });

  it('an op that gives only a pushforward', () => {
    const cube = defineOp<1, 1>(
      'cube',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [mapTensors((a) => a ** 3, [x], x.dtype)],
        pushforward: ([xDot], { inputs: [x] }) => [mul(xDot, mul(3, square(x)))],
        samples: [{ inputs: [[1, -2, 0.5]] }],
      },
    );
    expect(failuresOf(cube)).toEqual([]);
  });

  it('step functions, whose differences are 0', () => {
    expect(failuresOf(unary(Math.floor, () => zero, [[-2.5], [0.25]]))).toEqual([]);
    const isLarge = elementwise('isLarge', 1, {
      eval: (x) => Number(x > 1),
      dtype: 'bool',
      diff: 'zero',
      points: [[0], [2]],
    });
    expect(failuresOf(isLarge)).toEqual([]);
  });

  it('difficult points: steep, flat, far out, close to an end of the domain, near a kink', () => {
    const cases: readonly OpCarrier[] = [
      unary(Math.log, (g, [x]) => div(g, x), [[1e-6], [1], [1e9]]),
      unary(Math.tan, (g, [,], y) => mul(g, add(1, square(y))), [[1.57], [1.4]]),
      unary(
        (x) => Math.exp(30 * x),
        (g, _, y) => mul(mul(30, g), y),
        [[-1], [0], [0.5]],
      ),
      unary(
        (x) => x ** 20,
        (g, [x]) => mul(g, mul(20, pow(x, 19))),
        [[0.01], [1], [0]],
      ),
      unary(Math.atanh, (g, [x]) => div(g, mul(sub(1, x), add(1, x))), [[-0.9945], [0.5]]),
      unary(
        (x) => Math.max(x, 0),
        (g, [x]) => where(x, mul(g, maximum(0, div(abs(x), x))), 0),
        [[1e-8], [-1e-8]],
      ),
      unary(
        (x) => Math.sin(1e4 * x),
        (g, [x]) => mul(mul(1e4, g), cos(mul(1e4, x))),
        [[0.3]],
      ),
      unary(
        (x) => 1e8 + x * x,
        (g, [x]) => mul(g, mul(2, x)),
        [[3]],
      ),
      unary(
        (x) => 1e-30 * x * x,
        (g, [x]) => mul(g, mul(2e-30, x)),
        [[3], [-0.5]],
      ),
    ];
    expect(cases.map((op) => failuresOf(op))).toEqual(cases.map(() => []));
  });

  it('a function with noise in its values', () => {
    const jitter = (x: number): number => 1e-9 * Math.sin(1e12 * x);
    const noisy = unary(
      (x) => Math.sin(x) + jitter(x),
      (g, [x]) => mul(g, cos(x)),
      [[0.5]],
    );
    expect(failuresOf(noisy, undefined, { order: 1 })).toEqual([]);
  });

  it('edges without asking for derivatives there', () => {
    const edgy = elementwise('edgy', 1, {
      eval: Math.abs,
      diff: [(g, [x]) => div(mul(g, x), abs(x))],
      points: [[-2], [3]],
      edges: [[0]],
    });
    expect(failuresOf(edgy)).toEqual([]);
  });

  it('derivatives that do not exist, and lists them', () => {
    const op = unary(Math.abs, () => notImplemented('nobody wrote it'));
    const report = checkOp(op);
    expect(report.verdict).toBe('pass');
    expect(report.checks.filter((c) => c.verdict === 'skipped').map((c) => c.id)).toContain(
      'grad.nullType',
    );
    expect(report.toText()).toContain('nobody wrote it');
  });
});

describe('checkOp finds', () => {
  const squareOf = (x: number): number => x * x;

  it.each<[string, Diff<1, NoAttrs>]>([
    ['a factor', (g, [x]) => mul(g, x)],
    ['a sign', (g, [x]) => mul(g, mul(-2, x))],
    ['a constant off by 1e-5', (g, [x]) => mul(g, mul(2 * (1 + 1e-5), x))],
    ['a constant off by 1e-7', (g, [x]) => mul(g, mul(2 * (1 + 1e-7), x))],
    ['a rule that is right for one sign only', (g, [x]) => mul(g, mul(2, abs(x)))],
    ['a rule that is wrong beyond 2.9', (g, [x]) => mul(g, mul(2, clip(x, -9, 2.9)))],
    ['a term without its cotangent', (g, [x]) => add(mul(g, x), x)],
    ['the magnitude of the cotangent', (g, [x]) => mul(abs(g), mul(2, x))],
    ['only positive cotangents', (g, [x]) => mul(maximum(g, 0), mul(2, x))],
    ['zero', () => zero],
  ])('%s in an elementwise rule', (_, diff) => {
    expect(failuresOf(unary(squareOf, diff))).toEqual(
      expect.arrayContaining(['vjp.value', 'jvp.value']),
    );
  });

  it('a wrong gradient of a tiny function', () => {
    expect(
      failuresOf(
        unary(
          (x) => 1e-6 * x * x,
          () => zero,
        ),
      ),
    ).toContain('vjp.value');
  });

  it('a cotangent that is clipped where it is large', () => {
    const clipped = unary(squareOf, (g, [x]) => mul(clip(g, -5, 5), mul(2, x)));
    expect(failuresOf(clipped)).toEqual(['pullback.linear']);
  });

  it('a factor that a rule holds constant, by the second order', () => {
    const held = unary(squareOf, (g, [x]) => mul(g, mul(2, disconnectedGrad(x))));
    expect(failuresOf(held)).toEqual(['order2.difference']);
  });

  it('an exponent whose derivative was dropped', () => {
    const power = elementwise('power', 2, {
      eval: Math.pow,
      diff: [(g, [x, y]) => mul(g, mul(y, pow(x, sub(y, 1)))), () => zero],
      points: [
        [2, 3],
        [0.5, -1.5],
      ],
    });
    expect(failuresOf(power)).toContain('vjp.value');
  });

  it('a broadcast axis that is sliced instead of summed', () => {
    const addColumn = defineOp<2, 1>(
      'addColumn',
      { inputs: 2, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x, y]) => [mapTensors((a, b) => a + b, [x, y], x.dtype)],
        pullback: ([zBar], { inputs: [, y] }) => [zBar, mul(div(1, 3), sumLike(zBar, y))],
        pushforward: ([xDot, yDot], { inputs: [x] }) => [add(xDot, broadcastLike(yDot, x))],
        samples: [
          {
            inputs: [
              [
                [1, 2, 3],
                [4, 5, 6],
              ],
              [[1], [2]],
            ],
          },
        ],
      },
    );
    expect(failuresOf(addColumn)).toEqual(['vjp.value', 'vjp.jvp.dot']);
  });

  it('a rule along the wrong axis, and one that transposes', () => {
    const wrongAxis = rowSquares((yBar, x) => mul(mul(2, broadcastLike(sum(yBar), x)), x));
    expect(failuresOf(wrongAxis)).toContain('vjp.value');
    const transposing = defineOp<1, 1>(
      'transposing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [x],
        pullback: ([yBar]) => [transpose(yBar)],
        pushforward: ([xDot]) => [xDot],
        samples: [
          {
            inputs: [
              [
                [1, 2],
                [3, 4],
              ],
            ],
          },
        ],
      },
    );
    expect(failuresOf(transposing)).toEqual(expect.arrayContaining(['vjp.value', 'vjp.jvp.dot']));
  });

  it('a gradient of another shape', () => {
    const flat = rowSquares((yBar, x) => reshape(mul(mul(2, asColumn(yBar)), x), [3, 2]));
    expect(failuresOf(flat)).toEqual(['grad.shape']);
    const broadcastable = rowSquares((yBar) => asColumn(yBar));
    expect(failuresOf(broadcastable).length).toBeGreaterThan(0);
  });

  it('a detour through float64 in a float32 rule', () => {
    const detour = unary(squareOf, (g, [x]) => mul(castTo(g, 'float64'), mul(2, x)));
    expect(failuresOf(detour)).toEqual(['grad.dtype']);
  });

  it('a float32 computation in a float64 rule', () => {
    const narrow = unary(
      squareOf,
      (g, [x]) => castTo(castTo(mul(g, mul(2, x)), 'float32'), 'float64'),
      [[0.7]],
    );
    expect(failuresOf(narrow)).toEqual(expect.arrayContaining(['vjp.value', 'grad.dtype']));
  });

  it('an inferred type that is not that of the values', () => {
    const wrongDType = defineOp<1, 1>(
      'wrongDType',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [{ ...x, dtype: 'float32' }],
        eval: ([x]) => [x],
        pullback: ([yBar]) => [yBar],
        samples: [{ inputs: [[1, 2]] }],
      },
    );
    expect(failuresOf(wrongDType)).toContain('type.inferred');
    const wrongShape = defineOp<1, 1>(
      'wrongShape',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [{ ...x, shape: [2] }],
        eval: ([x]) => [x],
        pullback: ([yBar]) => [yBar],
        samples: [{ inputs: [[1, 2, 3]] }],
      },
    );
    expect(failuresOf(wrongShape)).toContain('type.inferred');
  });

  it('an evaluation that writes to its input, or reads past strides', () => {
    const writing = defineOp<1, 1>(
      'writing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => {
          x.data[x.offset]! *= 1; // no change of value in general …
          if (x.data.length > 0) x.data[x.offset]! += 1; // … and one
          return [x];
        },
        pullback: ([yBar]) => [yBar],
        samples: [{ inputs: [[1, 2]] }],
      },
    );
    expect(failuresOf(writing)).toContain('args.intact');
    const stridesIgnored = defineOp<1, 1>(
      'stridesIgnored',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [
          tensorFrom(x.data.subarray(x.offset, x.offset + x.size), { shape: x.shape }),
        ],
        pullback: ([yBar]) => [yBar],
        samples: matrixSample,
      },
    );
    expect(failuresOf(stridesIgnored)).toContain('layout.strided');
  });

  it('a rule that is wrong for strided inputs', () => {
    const reversed = defineOp<1, 1>(
      'reversedIfStrided',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [x.stride[0] === 1 ? x : views.flip(x, [0])],
        pullback: ([yBar]) => [yBar],
        samples: [{ inputs: [[1, 2, 3]] }],
      },
    );
    const linear = defineOp<1, 1>(
      'linear',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [x],
        pullback: ([yBar]) => [reversed(yBar)],
        samples: [{ inputs: [[1, 2, 3]] }],
      },
    );
    expect(failuresOf(linear)).toContain('layout.strided');
  });

  it('a connection pattern that lies', () => {
    const lying = (pattern: readonly (readonly boolean[])[]): OpCarrier =>
      defineOp<2, 1>(
        'lying',
        { inputs: 2, outputs: 1 },
        {
          infer: ([x]) => [x],
          eval: ([x, y]) => [mapTensors((a, b) => a * b, [x, y], x.dtype)],
          pullback: ([zBar], { inputs: [, y] }) => [mul(zBar, y), disconnected],
          connectionPattern: pattern,
          samples: [
            {
              inputs: [
                [1, 2],
                [3, 4],
              ],
            },
          ],
        },
      );
    expect(failuresOf(lying([[true], [false]]))).toContain('connection.pattern');
    expect(failuresOf(lying([[true], [true]]))).toContain('grad.disconnected');
  });

  it('an absent rule', () => {
    const ruleless = elementwise('ruleless', 1, { eval: Math.exp, points: [[1]] });
    expect(failuresOf(ruleless)).toContain('grad.disconnected');
  });

  it('an absent cotangent that does not count as zeros', () => {
    const both = (absent: number): OpCarrier =>
      defineOp<1, 2>(
        'both',
        { inputs: 1, outputs: 2 },
        {
          infer: ([x]) => [x, x],
          eval: ([x]) => [
            mapTensors(Math.sin, [x], x.dtype),
            mapTensors((a) => 3 * a, [x], x.dtype),
          ],
          handlesAbsent: true,
          pullback: ([first, second], { inputs: [x] }) => {
            const present = (yBar: unknown): Variable =>
              typeof yBar === 'object' && yBar !== null && 'rank' in yBar
                ? (yBar as Variable) // the types of rules do not know handlesAbsent
                : broadcastLike(castTo(sub(absent, 0), x.dtype), x);
            return [add(mul(present(first), cos(x)), mul(3, present(second)))];
          },
          samples: [{ inputs: [[0.5, 1]] }],
        },
      );
    expect(failuresOf(both(0))).toEqual([]);
    expect(failuresOf(both(1))).toEqual(['grad.undefinedCotangent']);
  });

  it('a value that is not finite, and a gradient that is not', () => {
    expect(failuresOf(unary(Math.log, (g, [x]) => div(g, x), [[-1]]))).toContain('primal.finite');
    const masked = unary(
      (x) => (x > 0 ? Math.sqrt(x) : 0),
      (g, [x]) => mul(where(maximum(x, 0), 1, 0), div(g, mul(2, pow(x, 0.5)))),
      [[-1], [2]],
    );
    expect(failuresOf(masked)).toContain('vjp.value');
  });

  it('a kink that is not marked as an edge', () => {
    expect(
      failuresOf(unary(Math.abs, (g, [x]) => where(x, div(mul(g, x), abs(x)), g), [[0]])),
    ).toContain('vjp.value');
  });

  it('a pushforward that drops a tangent', () => {
    const product = defineOp<2, 1>(
      'product',
      { inputs: 2, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x, y]) => [mapTensors((a, b) => a * b, [x, y], x.dtype)],
        pullback: ([zBar], { inputs: [x, y] }) => [mul(zBar, y), mul(zBar, x)],
        pushforward: ([xDot], { inputs: [, y] }) => [mul(xDot, y)],
        samples: [
          {
            inputs: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      },
    );
    expect(failuresOf(product)).toEqual(['jvp.value', 'vjp.jvp.dot']);
  });

  it('nothing to check', () => {
    expect(
      failuresOf(
        unary(Math.exp, (g, _, y) => mul(g, y)),
        [],
      ),
    ).toEqual(['samples.present']);
    const onlyEdges = [{ inputs: [0], edge: true as const }];
    expect(
      failuresOf(
        unary(Math.exp, (g, _, y) => mul(g, y)),
        onlyEdges,
      ),
    ).toEqual(['samples.present']);
  });

  it('a wrong entry among many', () => {
    const n = 300;
    const mask = Float64Array.from({ length: n }, (_, k) => (k === 17 ? 1.01 : 1));
    const one = defineOp<1, 1>(
      'one',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [mapTensors(Math.exp, [x], x.dtype)],
        pullback: ([yBar], { outputs: [y] }) => [mul(mul(yBar, y), castTo(mul(1, mask), y.dtype))],
        samples: [{ inputs: [Array.from({ length: n }, (_, k) => k / n)] }],
      },
    );
    expect(failuresOf(one)).toEqual(expect.arrayContaining(['vjp.value', 'jvp.value']));
  });
});
