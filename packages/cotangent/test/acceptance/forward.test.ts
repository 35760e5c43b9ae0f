import { describe, expect, it, jest } from '@jest/globals';
import {
  DisconnectedInputError,
  NullTypeGradError,
  ValueError,
  add,
  addSlice,
  arange,
  argmax,
  broadcastTo,
  cast,
  concatenate,
  constant,
  conv,
  dot,
  expandDims,
  flatten,
  grad,
  jacobian,
  matmul,
  matrix,
  max,
  maxPool,
  min,
  mul,
  print,
  pushforward,
  reshape,
  setSlice,
  shapeAt,
  slice,
  softmax,
  specifyShape,
  square,
  sum,
  tensor,
  tensor4,
  undefinedGrad,
  vector,
} from 'cotangent';
import type { Input, Variable } from 'cotangent';
import {
  caught,
  expectClose,
  expectPullbackPushforward,
  randomFrom,
  uniform,
  valueOf,
  valuesOf,
} from './run.ts';

const methods = [true, false] as const;

/** The full check for a function of a vector of length 6, and of a matrix of shape [5, 7]. */
function expectOfVector(fn: (x: Input) => Variable): void {
  const x = vector('x');
  expectPullbackPushforward(fn(x), x, [10]);
}
function expectOfMatrix(fn: (x: Input) => Variable): void {
  const x = matrix('x');
  expectPullbackPushforward(fn(x), x, [5, 7]);
}

const ten = constant(uniform([10], randomFrom(77)) as number[]);
const W = constant(uniform([10, 10], randomFrom(78)) as number[][]);

describe('pushforward', () => {
  it('R01 of a size raises: nothing flows', () => {
    const x = matrix('x');
    for (const useOpPushforward of methods) {
      const run = (): unknown => pushforward(shapeAt(x, 0), x, x, { useOpPushforward });
      expect(caught(run)).toBeInstanceOf(DisconnectedInputError);
    }
  });

  it('R02 specifyShape of a vector and of a matrix', () => {
    expectOfVector((x) => specifyShape(x, [10]));
    expectOfMatrix((x) => flatten(specifyShape(x, [null, 7])));
  });

  it('R03 of max', () => {
    expectOfMatrix((x) => max(x, { axis: 0 }));
    expectOfMatrix((x) => max(x, { axis: 1 }));
  });

  it('R04 of min', () => {
    expectOfMatrix((x) => min(x, { axis: 0 }));
    expectOfMatrix((x) => min(x, { axis: 1 }));
  });

  it('R05 of max and min at ties is its transpose, by both methods', () => {
    const x = matrix('x');
    const at = [
      [
        x,
        [
          [1, 2, 1],
          [1, 5, 1],
          [1, 4, 1],
        ],
      ],
    ] as const;
    const v = [
      [1, 10, 100],
      [2, 20, 200],
      [4, 30, 300],
    ];
    const tangentsOf = (ties: 'all' | 'split'): readonly unknown[] =>
      [max, min].flatMap((op) =>
        [0, 1].map((axis) => {
          const y = op(x, { axis, ties });
          const [direct, double] = methods.map((useOpPushforward) =>
            valueOf(pushforward(y, x, v, { useOpPushforward }), at),
          );
          expect(direct).toEqual(double);
          return direct;
        }),
      );
    const [maxDown, , minDown] = tangentsOf('all');
    expect(maxDown).toEqual([7, 20, 600]);
    expect(minDown).toEqual([7, 10, 600]);
    // By default tied elements share evenly, in both modes: a subgradient, which the sum is not.
    const [shared] = tangentsOf('split') as number[][];
    expectClose(shared, [7 / 3, 20, 200]);
  });

  it('R06 of argmax raises', () => {
    const x = matrix('x');
    const run = (): unknown => pushforward(argmax(x, { axis: 1 }), x, x);
    expect(caught(run)).toBeInstanceOf(DisconnectedInputError);
  });

  it('R07 of a slice', () => expectOfVector((x) => slice(x, ':4')));
  it('R08 of adding a constant to a part', () => expectOfVector((x) => addSlice(x, 1.5, ':3')));
  it('R09 of adding to a part of a constant', () =>
    expectOfVector((x) => addSlice(ten, slice(x, ':4'), ':4')));
  it('R10 of setting a part to a constant', () => expectOfVector((x) => setSlice(x, 1.5, ':3')));
  it('R11 of setting a part of a constant', () =>
    expectOfVector((x) => setSlice(ten, slice(x, ':4'), ':4')));

  it('R12 print with a list of attributes', () => {
    const write = jest.spyOn(console, 'log').mockImplementation(() => {});
    expectOfVector((x) => print(x, 'Print', { show: ['shape'] }));
    expect(write.mock.calls[0]).toEqual(['Print | shape [10]']);
    write.mockRestore();
  });

  it('R13 of a new leading axis', () => {
    expectOfVector((x) => sum(expandDims(slice(x, ':4'), 0), { axis: 0 }));
  });

  it('R14 of a leading axis whose size is not known to be 1', () => {
    expectOfVector((x) => {
      const row = expandDims(x, 0);
      const hidden = reshape(row, [div1(x), shapeAt(x, 0)]);
      expect(hidden.shape).toEqual([null, null]);
      return sum(hidden, { axis: 1 });
    });
  });

  it('R15 of max-pooling, of 1 to 4 axes, borders kept or ignored', () => {
    const cases = [
      { shape: [9], window: [2] },
      { shape: [7], window: [3] },
      { shape: [6], window: [1] },
      { shape: [5, 6], window: [2, 3] },
      { shape: [5, 5], window: [3, 2] },
      { shape: [2, 4, 5], window: [2, 2] },
      { shape: [3, 4, 3], window: [2, 3, 2] },
      { shape: [2, 2, 3, 4], window: [2, 2, 3] },
      { shape: [2, 3, 2, 3], window: [2, 2, 2, 2] },
      { shape: [3, 3, 3, 2], window: [3, 1, 2, 1] },
      { shape: [2, 3, 3, 3], window: [1, 2, 2, 3] },
    ];
    for (const { shape, window } of cases) {
      for (const ignoreBorder of [true, false]) {
        const x = tensor('x', { shape: shape.map(() => null) });
        expectPullbackPushforward(flatten(maxPool(x, { window, ignoreBorder })), x, shape);
      }
    }
  });

  it('R16 of 2-D convolution, by both operands at once', () => {
    const random = randomFrom(16);
    const [image, kernel] = [
      [2, 2, 4, 5],
      [2, 2, 2, 3],
    ];
    const full = [
      [1, 1],
      [2, 2],
    ] as const;
    for (const flipKernel of [false, true]) {
      for (const padding of ['valid', full] as const) {
        const [x, w] = [tensor4('x'), tensor4('w')];
        const y = flatten(conv(x, w, { padding, flipKernel }));
        const at = [
          [x, uniform(image!, random)],
          [w, uniform(kernel!, random)],
        ] as const;
        const tangents = [uniform(image!, random), uniform(kernel!, random)] as number[][];
        const rows = [x, w].map((variable) => valueOf(jacobian(y, variable), at) as number[][]);
        const wanted = rows[0]!.map((_, k) =>
          rows.reduce((sum, of, i) => {
            const [row, v] = [of[k]!, tangents[i]!].map((part) => part.flat(4));
            return sum + row!.reduce((total, entry, j) => total + entry * v![j]!, 0);
          }, 0),
        );
        for (const useOpPushforward of methods) {
          const t = pushforward(y, [x, w], tangents, { useOpPushforward });
          expectClose(valueOf(t, at), wanted, 1e-7, 1e-9);
        }
      }
    }
  });

  it('R17 of a product with a square matrix', () => expectOfVector((x) => matmul(x, W)));
  it('R18 of (x + 1)²', () => expectOfVector((x) => square(add(x, 1))));

  it('R19 of a branch through integers, which contributes zero', () => {
    expectOfVector((x) => add(x, cast(x, 'int32')));
    const x = vector('x');
    const t = pushforward(add(x, cast(x, 'int32')), x, [3, 4]);
    expect(valueOf(t, [[x, [1.5, 2.5]]])).toEqual([3, 4]);
  });

  it('R20 of concatenate', () => expectOfVector((x) => concatenate([x, ten])));
  it('R21 of reshape', () => expectOfMatrix((x) => reshape(x, [35])));
  it('R22 of flatten', () => expectOfMatrix((x) => flatten(x)));
  it('R23 of row sums', () => expectOfMatrix((x) => sum(x, { axis: 1 })));
  it('R24 of softmax', () => expectOfVector((x) => softmax(x)));
  it('R25 of repeating a sum', () => expectOfVector((x) => broadcastTo(sum(x), [7])));
  it('R26 of repeating in three dimensions', () => {
    expectOfVector((x) => flatten(broadcastTo(x, [2, 3, shapeAt(x, 0)])));
  });

  it('R27 refuses a tangent of another rank, whatever f is', () => {
    const [m, v] = [matrix('m'), vector('v')];
    for (const useOpPushforward of methods) {
      const run = (): unknown => pushforward(0 as never, m, v, { useOpPushforward });
      expect(caught(run)).toBeInstanceOf(ValueError);
    }
  });

  it('R28 of several outputs has the form of f and the right values', () => {
    const [m, v] = [matrix('m'), vector('v')];
    const [mDot, vDot] = [
      [
        [1, 2],
        [3, 4],
      ],
      [10, 20],
    ];
    for (const useOpPushforward of methods) {
      const f = [m, v, add(m, v)] as const;
      const results = pushforward(f, [m, v], [mDot, vDot], { useOpPushforward });
      expect(results).toHaveLength(3);
      const at = [
        [
          m,
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [v, [0, 0]],
      ] as const;
      expect(valuesOf(results, at)).toEqual([
        mDot,
        vDot,
        [
          [11, 22],
          [13, 24],
        ],
      ]);
    }
  });

  it('R29 of the gradient of a linear function is zero, and disconnected', () => {
    const v = vector('v');
    const d = sum(dot(reshape(cast(arange(0, 20), 'float64'), [1, 20]), v));
    const g = grad(d, v);
    const ones = Array.from({ length: 20 }, () => 1);
    for (const useOpPushforward of methods) {
      const options = { useOpPushforward };
      expect(caught(() => pushforward(g, v, v, options))).toBeInstanceOf(DisconnectedInputError);
      const t = pushforward(g, v, v, { ...options, disconnectedOutputs: 'ignore' });
      expect(valueOf(t, [[v, ones]])).toEqual(ones.map(() => 0));
    }
  });

  it('R30 through a node that is differentiable by one input only', () => {
    const [x, y] = [vector('x'), vector('y')];
    const at = [
      [x, [1, 2]],
      [y, [3, 4]],
    ] as const;
    const B = undefinedGrad;
    for (const useOpPushforward of methods) {
      const t = pushforward(sum(dot(x, B(y))), x, [1, 1], { useOpPushforward });
      expect(valueOf(t, at)).toBe(7);
      for (const f of [dot(B(x), y), dot(B(x), B(y))]) {
        const run = (): unknown => pushforward(sum(f), x, [1, 1], { useOpPushforward });
        expect(caught(run)).toBeInstanceOf(NullTypeGradError);
      }
    }
  });
});

/** The size 1, as a number known only at run time. */
function div1(x: Variable): Variable {
  return add(mul(shapeAt(x, 0), 0), 1);
}
