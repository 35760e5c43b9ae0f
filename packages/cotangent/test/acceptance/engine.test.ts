import { describe, expect, it } from '@jest/globals';
import {
  DisconnectedInputError,
  NullTypeGradError,
  ValueError,
  add,
  arange,
  broadcastTo,
  cast,
  compile,
  constant,
  disconnected,
  dot,
  grad,
  gradNotImplemented,
  gradSourcesInputs,
  gradUndefined,
  isVariable,
  matmul,
  matrix,
  mul,
  pow,
  scalar,
  shapeAt,
  sigmoid,
  slice,
  square,
  sub,
  subgraphGrad,
  sum,
  tanh,
  div,
  undefinedAt,
  vector,
  verifyGrad,
} from 'cotangent';
import type { Input, Tangent, Variable } from 'cotangent';
import { testOp } from './plugin-ops.ts';
import { caught, expectClose, flat, randomFrom, uniform, valueOf, valuesOf } from './run.ts';

const x = scalar('x');

/** An op whose pullback returns the given variables. */
function returning(terms: readonly Tangent[], outputs = 1): (...xs: Input[]) => Variable[] {
  const op = testOp('given', { outputs, pullback: () => terms });
  return (...xs) => [...op(xs)];
}

describe('rules that return something wrong', () => {
  it('G01 a pullback that returns nothing makes differentiation raise TypeError', () => {
    const op = testOp('nothing', { pullback: () => undefined as never });
    expect(caught(() => gradSourcesInputs([[op([x])[0]!, constant(1)]], [x]))).toBeInstanceOf(
      TypeError,
    );
  });

  it('G02 one term works for one input, and raises ValueError for two', () => {
    const term = scalar('term');
    const op = testOp('one', { pullback: () => [term] });
    const y = scalar('y');
    expect(gradSourcesInputs([[op([x])[0]!, constant(1)]], [x]).get(x)).toBe(term);
    const error = caught(() => gradSourcesInputs([[op([x, y])[0]!, constant(1)]], [x, y]));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'OP_RULE_COUNT' });
  });
});

describe('terms of a rule', () => {
  const [g0, g1] = [scalar('g0'), scalar('g1')];
  const y = scalar('y');

  it('G03 the term for the only input is its gradient, the identical object', () => {
    const [z] = returning([g0])(x);
    expect(gradSourcesInputs([[z!, constant(1)]], [x]).get(x)).toBe(g0);
  });

  it('G04 with one of two outputs seeded the pullback gets two cotangents', () => {
    const received: number[] = [];
    const op = testOp('two', {
      outputs: 2,
      pullback: (yBars) => {
        received.push(yBars.filter(isVariable).length);
        return [g0];
      },
    });
    const [first] = op([x]);
    expect(gradSourcesInputs([[first!, constant(1)]], [x]).get(x)).toBe(g0);
    expect(received).toEqual([2]);
  });

  it('G05 each of two inputs receives its own term, the identical object', () => {
    const [z] = returning([g0, g1])(x, y);
    const result = gradSourcesInputs([[z!, constant(1)]], [x, y]);
    expect([result.get(x), result.get(y)]).toEqual([g0, g1]);
    expect(result.get(x)).toBe(g0);
  });

  it('G06 so it is with two outputs of which one is seeded', () => {
    const [z] = returning([g0, g1], 2)(x, y);
    const result = gradSourcesInputs([[z!, constant(1)]], [x, y]);
    expect(result.get(x)).toBe(g0);
    expect(result.get(y)).toBe(g1);
  });

  it('G07 grad of the first output is the very variable that the rule returned', () => {
    const [z] = returning([g0, g1], 2)(x, y);
    expect(grad(z!, x)).toBe(g0);
  });

  it('G08 with both inputs for wrt both come back, in order', () => {
    const [z] = returning([g0, g1], 2)(x, y);
    const [dx, dy] = grad(z!, [x, y]);
    expect(dx).toBe(g0);
    expect(dy).toBe(g1);
  });

  it('G09 an array for wrt gives an array, a variable a variable', () => {
    const [z] = returning([g0, g1], 2)(x, y);
    expect(grad(z!, [x])).toEqual([g0]);
    expect(isVariable(grad(z!, x))).toBe(true);
  });

  it('G10 of one output by another it is a zero fill if ignored, and a string for wrt raises', () => {
    const [a, b] = returning([g0, g1], 2)(x, y) as [Variable, Variable];
    expect(
      valueOf(grad(a, b, { disconnectedInputs: 'ignore' }), [
        [x, 1],
        [y, 1],
      ]),
    ).toBe(0);
    expect(caught(() => (grad as (...args: unknown[]) => unknown)(a, 'wanted'))).toBeInstanceOf(
      TypeError,
    );
  });

  it('G11 an unrelated wrt among others is a zero fill if ignored', () => {
    const z = scalar('z');
    const [a] = returning([g0, g1], 2)(x, y) as [Variable];
    const [dx, dy, dz] = grad(a, [x, y, z], { disconnectedInputs: 'ignore' });
    expect([dx, dy]).toEqual([g0, g1]);
    expect(valueOf(dz, [[z, 5]])).toBe(0);
  });
});

describe('derivatives that do not exist', () => {
  const op = { name: 'op' };

  it('G12 compiling a gradNotImplemented raises TypeError', () => {
    const absence = gradNotImplemented(op, 0, x, 'reason of the test');
    const error = caught(() => compile([x], absence as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('reason of the test');
  });

  it('G13 compiling a gradUndefined raises TypeError', () => {
    expect(caught(() => compile([x], gradUndefined(op, 0, x) as never))).toBeInstanceOf(TypeError);
  });

  it('G14 grad through an op with gradNotImplemented raises NullTypeGradError', () => {
    const [z] = returning([gradNotImplemented(op, 0, x)])(x);
    const error = caught(() => grad(z!, x));
    expect(error).toBeInstanceOf(NullTypeGradError);
    expect(error).toBeInstanceOf(TypeError);
  });

  it('G15 grad through an op with gradUndefined raises NullTypeGradError', () => {
    const [z] = returning([gradUndefined(op, 0, x)])(x);
    expect(caught(() => grad(z!, x))).toBeInstanceOf(NullTypeGradError);
  });
});

describe('grad', () => {
  it('G16 of a cost named f by x is named (df/dx)', () => {
    const cost = Object.assign(square(sub(x, 1)), { name: 'f' });
    expect(grad(cost, x).name).toBe('(df/dx)');
  });

  it('G17 of a vector or a matrix raises TypeError', () => {
    for (const cost of [vector('v'), matrix('m')]) {
      expect(caught(() => grad(cost, cost))).toBeInstanceOf(TypeError);
      expect(caught(() => grad(cost, cost))).toMatchObject({ code: 'GRAD_COST_NOT_SCALAR' });
    }
  });

  it('G18 of an unrelated cost is zeros of the run-time shape of wrt', () => {
    const m = matrix('m');
    const zeros = valueOf(grad(x, m, { disconnectedInputs: 'ignore' }), [
      [m, uniform([3, 7], randomFrom(1))],
    ]) as number[][];
    expect([zeros.length, zeros[0]!.length]).toEqual([3, 7]);
    expect(flat(zeros).every((value) => value === 0)).toBe(true);
  });

  it('G19 is right for x · x with the same variable twice', () => {
    expect(() => verifyGrad((v) => mul(v, v), [[0.3, 0.7]])).not.toThrow();
  });

  it('G20 by an int32 input equals that by a float64 input with the same values', () => {
    const random = randomFrom(2);
    const [W, b] = [matrix('W'), vector('b')];
    const values = Array.from({ length: 5 }, () =>
      Array.from({ length: 3 }, () => Math.floor(random() * 7) - 3),
    );
    const givens = [
      [W, uniform([3, 4], random)],
      [b, uniform([4], random)],
    ] as const;
    const gradientFor = (dtype: 'int32' | 'float64'): unknown => {
      const X = matrix('X', { dtype });
      const cost = sum(sigmoid(add(matmul(X, W), b)));
      return valueOf(grad(cost, X), [[X, values], ...givens]);
    };
    expectClose(gradientFor('int32'), gradientFor('float64'));
  });

  it('G21 leaves paths through shapes and lengths out', () => {
    const v = vector('v');
    const n = shapeAt(v, 0);
    const cost = sum(broadcastTo(div(sum(v), cast(n, 'float64')), [n]));
    expect(valueOf(grad(cost, v, { addNames: false }), [[v, [1, 2, 3, 4]]])).toEqual([1, 1, 1, 1]);
  });

  it('G22 by a considerConstant equals that by a constant in its place', () => {
    const y = scalar('y');
    const held = grad(add(x, y), x, { considerConstant: [x] });
    const one = constant(1);
    const byConstant = grad(add(one, y), one);
    expect(
      valuesOf(
        [held, byConstant],
        [
          [x, 3],
          [y, 5],
        ],
      ),
    ).toEqual([1, 1]);
  });

  const A = [
    [0.3, 0.9],
    [0.1, 0.6],
  ];
  const at = [0.7, 0.2];
  it('G23 is right for x · (A · x)', () => {
    expect(() => verifyGrad((v, M) => dot(v!, matmul(M!, v!)), [at, A])).not.toThrow();
  });

  it('G24 is right for (x · x) A, a vector', () => {
    expect(() => verifyGrad((v, M) => matmul(mul(v!, v!), M!), [at, A])).not.toThrow();
  });

  it('G25 is right for (x · x) · (A · x)', () => {
    expect(() => verifyGrad((v, M) => dot(mul(v!, v!), matmul(M!, v!)), [at, A])).not.toThrow();
  });

  it('G26 is right for the gradient of x · (A · x)', () => {
    expect(() => verifyGrad((v, M) => grad(dot(v!, matmul(M!, v!)), v!), [at, A])).not.toThrow();
  });

  it('G27 is right for the gradient of (x · x) A · x', () => {
    const cubic = (v: Variable, M: Variable): Variable => dot(matmul(mul(v, v), M), v);
    expect(() => verifyGrad((v, M) => grad(cubic(v!, M!), v!), [at, A])).not.toThrow();
  });

  it('G28 ignores a derivative that does not exist on an output that x does not reach', () => {
    const op1 = testOp('op1', {
      outputs: 2,
      connectionPattern: [[true, false]],
      pullback: () => [constant(1)],
    });
    const op2 = testOp('op2', { pullback: ([yBar]) => [yBar!, undefinedAt('no derivative by g')] });
    const [f, g] = op1([x]) as [Variable, Variable];
    expect(valueOf(grad(op2([f, g])[0]!, x), [[x, 2]])).toBe(1);
  });

  it('G29 gives float gradients in a mix of dtypes, and float32 by a float32', () => {
    const f = scalar('f', { dtype: 'float32' });
    const z = scalar('z', { dtype: 'int32' });
    const y = mul(2, f);
    const c = add(y, z);
    const [dc, dz, dy, df] = grad(c, [c, z, y, f]);
    for (const g of [dc, dz, dy]) expect(['float32', 'float64']).toContain(g.dtype);
    expect(df.dtype).toBe('float32');
  });

  it('G31 of an int32 scalar by itself is 1', () => {
    const i = scalar('i', { dtype: 'int32' });
    expect(valueOf(grad(i, i), [[i, 5]])).toBe(1);
  });
});

describe('known gradients', () => {
  it('G30 of any layer give the gradients of the whole', () => {
    const [coefficients, t, power] = [vector('c'), scalar('t', { dtype: 'int32' }), scalar('x')];
    const ft = slice(coefficients, [t]);
    const range = arange(0, 10);
    const raised = pow(power, cast(slice(range, [t]), 'float64'));
    const y = mul(ft, raised);
    const cost = square(y);
    const ignore = { disconnectedInputs: 'ignore' } as const;
    const inputs = [coefficients, t, power] as const;
    const givens = [
      [coefficients, uniform([10], randomFrom(3))],
      [t, 5],
      [power, 1.3],
    ] as const;
    const direct = valuesOf(grad(cost, inputs, ignore), givens);
    const layers: readonly (readonly Variable[])[] = [
      [cost],
      [y],
      [ft, raised],
      [ft, power, slice(range, [t])],
      [coefficients, t, range, power],
    ];
    for (const layer of layers) {
      const gradients = grad(cost, layer, ignore);
      const known = new Map(layer.map((v, k) => [v, gradients[k]!] as const));
      expectClose(valuesOf(grad(null, inputs, { ...ignore, knownGrads: known }), givens), direct);
    }
  });

  it('G32 of an integer may be a fraction', () => {
    const i = scalar('i', { dtype: 'int32' });
    const knownGrads = new Map([[i, constant(0.6)]]);
    expect(valueOf(grad(null, i, { knownGrads }), [[i, 3]])).toBe(0.6);
  });

  const [i, j] = [scalar('i', { dtype: 'int32' }), scalar('j', { dtype: 'int32' })];
  const cost = add(i, j);

  it('G33 of the cost may not exist: NullTypeGradError', () => {
    const knownGrads = new Map([[cost, undefinedAt('none')]]);
    expect(caught(() => grad(cost, [i, j], { knownGrads, onWarning: () => {} }))).toBeInstanceOf(
      NullTypeGradError,
    );
  });

  it('G34 of the cost may be disconnected: DisconnectedInputError', () => {
    const knownGrads = new Map([[cost, disconnected]]);
    expect(caught(() => grad(cost, [i, j], { knownGrads, onWarning: () => {} }))).toBeInstanceOf(
      DisconnectedInputError,
    );
  });

  it('G35 handed from layer to layer by subgraphGrad give the gradient of the network', () => {
    const random = randomFrom(35);
    const [input, target] = [vector('x', { dtype: 'float32' }), vector('t', { dtype: 'float32' })];
    const [w1, w2] = [matrix('w1', { dtype: 'float32' }), matrix('w2', { dtype: 'float32' })];
    const a1 = tanh(matmul(input, w1));
    const a2 = tanh(matmul(a1, w2));
    const cost2 = add(sum(square(sub(a2, target))), square(sum(w2)));
    const cost1 = square(sum(w1));
    const [[dw2], [da1]] = subgraphGrad([w2], [a1], { cost: cost2 });
    const [[dw1]] = subgraphGrad([w1], [input], { start: new Map([[a1, da1!]]), cost: cost1 });
    const whole = grad(add(cost1, cost2), [w2, w1]);
    const givens = [
      [input, uniform([3], random)],
      [target, uniform([2], random)],
      [w1, uniform([3, 4], random)],
      [w2, uniform([4, 2], random)],
    ] as const;
    const staged = flat(valuesOf([dw2!, dw1!], givens));
    const direct = flat(valuesOf(whole, givens));
    const difference = staged.reduce((total, g, k) => total + Math.abs(g - direct[k]!), 0);
    expect(difference).toBeLessThan(1e-5);
  });
});
