import { describe, expect, it } from '@jest/globals';
import {
  DisconnectedInputError,
  GradientError,
  Lop,
  NumericGrad,
  Rop,
  add,
  arange,
  cast,
  compile,
  constant,
  disconnected,
  exp,
  fullTensor,
  grad,
  gradScale,
  hessian,
  hessianVectorProduct,
  isDisconnected,
  isNull,
  jacobian,
  log,
  matmul,
  matrix,
  mul,
  notImplemented,
  numericGrad,
  pow,
  pullback,
  pushforward,
  pushforwardThroughPullback,
  reshape,
  scalar,
  scan,
  sigmoid,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
  tensorFrom,
  undefinedAt,
  undefinedGrad,
  vector,
  verifyGrad,
} from 'cotangent';
import type { Variable } from 'cotangent';
import { testOp } from './plugin-ops.ts';
import { caught, expectClose, valueOf, valuesOf } from './run.ts';

const methods = [true, false] as const;
const x = scalar('x');
const at2 = [[x, 2]] as const;

describe('seeds and tangents add', () => {
  it('S01 pullback with repeated and dependent members of f', () => {
    const y = square(x);
    const z = mul(3, y);
    const results = [
      pullback([y, y], x, [1, 10]),
      pullback([y, z], x, [1, 10]),
      pullback([x, mul(2, x)], x, [1, 10]),
    ];
    expect(valuesOf(results, at2)).toEqual([44, 124, 21]);
  });

  it('S02 pushforward of sums, differences, and dependent or repeated outputs', () => {
    const [a, b] = [scalar('a'), scalar('b')];
    const y = square(x);
    for (const useOpPushforward of methods) {
      const options = { useOpPushforward };
      const sums = pushforward([add(a, b), sub(a, b)], [a, b], [1, 10], options);
      expect(
        valuesOf(sums, [
          [a, 0],
          [b, 0],
        ]),
      ).toEqual([11, -9]);
      expect(valuesOf(pushforward([y, mul(3, y)], x, 1, options), at2)).toEqual([4, 12]);
      expect(valuesOf(pushforward([y, y], x, 1, options), at2)).toEqual([4, 4]);
    }
  });

  it('S03 pushforward with a wrt that is listed twice', () => {
    for (const useOpPushforward of methods) {
      const t = pushforward(mul(square(x), 3), [x, x], [1, 10], { useOpPushforward });
      expect(valueOf(t, at2)).toBe(132);
    }
  });
});

describe('disconnection', () => {
  it('S04 an output without a path raises in both methods, an unused wrt does not', () => {
    const y = scalar('y');
    for (const useOpPushforward of methods) {
      const options = { useOpPushforward };
      expect(caught(() => pushforward([square(x), exp(y)], x, 1, options))).toBeInstanceOf(
        DisconnectedInputError,
      );
      const t = pushforward(square(x), [x, y], [1, 1], options);
      expect(
        valueOf(t, [
          [x, 2],
          [y, 0],
        ]),
      ).toBe(4);
    }
  });

  it('S05 a constant output of a node passes nothing into the node', () => {
    const two = testOp('two', { outputs: 2, pullback: ([pBar, qBar]) => [add(pBar!, qBar!)] });
    const [p, q] = two([x]) as [Variable, Variable];
    const g = grad(add(p, mul(5, q)), x, { considerConstant: [q] });
    expect(valueOf(g, at2)).toBe(1);
  });

  it('S06 considerConstant may be a generator', () => {
    const y = square(x);
    function* held(): Generator<Variable> {
      yield y;
    }
    expect(valueOf(grad(mul(y, x), x, { considerConstant: held() }), at2)).toBe(4);
  });
});

describe('what a pullback may return', () => {
  /** What differentiating through an op with this pullback throws, and its warnings. */
  const [v, w] = [vector('v', { shape: [3] }), vector('w', { shape: [3] })];
  function outcome(returned: unknown, connectionPattern?: boolean[][]): unknown {
    const op = testOp('faulty', {
      pullback: () => returned as never,
      ...(connectionPattern && { connectionPattern }),
    });
    const inputs = connectionPattern?.length === 2 ? [v, w] : [v];
    const warnings: string[] = [];
    const options = {
      disconnectedInputs: 'ignore',
      onWarning: (code: string) => void warnings.push(code),
    } as const;
    try {
      grad(sum(op(inputs)[0]!), inputs, options);
    } catch (error) {
      return error;
    }
    return warnings;
  }

  it('S07 row 1: nothing', () => {
    for (const nothing of [undefined, null]) expect(outcome(nothing)).toBeInstanceOf(TypeError);
  });

  it('S07 row 2: anything but an array', () => {
    expect(outcome(new Set([v]))).toBeInstanceOf(TypeError);
    expect(outcome(v)).toMatchObject({ code: 'OP_RULE_NOT_ARRAY' });
  });

  it('S07 row 3: a wrong count, with the expected one', () => {
    expect(outcome([v, v])).toMatchObject({ code: 'OP_RULE_COUNT', data: { expected: 1, got: 2 } });
  });

  it('S07 row 4: a null term', () => {
    expect(outcome([null])).toBeInstanceOf(TypeError);
  });

  it('S07 row 5: a number for a term', () => {
    expect(outcome([3])).toMatchObject({ code: 'OP_RULE_NOT_VARIABLE' });
    expect(outcome([3])).toBeInstanceOf(TypeError);
  });

  it('S07 row 6: a term of discrete dtype', () => {
    expect(outcome([cast(v, 'int32')])).toMatchObject({
      code: 'OP_RULE_DTYPE',
      data: { position: 0, dtype: 'int32' },
    });
    expect(outcome([cast(v, 'bool')])).toBeInstanceOf(TypeError);
  });

  it('S07 row 7: a real term where the derivative does not exist is overwritten', () => {
    const last = testOp('last', { pullback: () => [undefinedAt('not there')] });
    const pair = testOp('pair', { pullback: ([yBar]) => [yBar!] });
    const cost = sum(last(pair([v]))[0]!);
    expect(caught(() => grad(cost, v))).toMatchObject({ code: 'GRAD_NULL', whyNull: 'not there' });
  });

  it('S07 row 8: a real term for an input that is not connected', () => {
    const error = outcome([v, v], [[true], [false]]);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: 'OP_RULE_NOT_CONNECTED' });
  });

  it('S07 row 9: a derivative that does not exist for such an input', () => {
    const error = outcome([v, notImplemented('later')], [[true], [false]]);
    expect(error).toBeInstanceOf(TypeError);
  });

  it('S07 row 10: disconnected for an input that the pattern connects', () => {
    expect(outcome([disconnected], [[true]])).toMatchObject({ code: 'OP_RULE_CONNECTED' });
    expect(outcome([disconnected], [[true]])).toBeInstanceOf(TypeError);
  });

  it('S07 row 11: the same without a pattern warns', () => {
    expect(outcome([disconnected])).toEqual(['GRAD_UNDECLARED_DISCONNECTION']);
  });

  /** Input 0 reaches only the discrete of two outputs. */
  function mixed(term: Variable): unknown {
    const op = testOp('mixed', {
      outputs: 2,
      infer: ([type]) => [{ ...type!, dtype: 'int32' }, type!],
      connectionPattern: [
        [true, false],
        [false, true],
      ],
      pullback: ([, fBar]) => [term, fBar!],
    });
    const [i, f] = op([v, w]) as [Variable, Variable];
    const warnings: string[] = [];
    const knownGrads = new Map<Variable, Variable>([
      [i, vector('iBar')],
      [f, vector('fBar')],
    ]);
    grad(null, [v, w], { knownGrads, onWarning: (code) => void warnings.push(code) });
    return warnings;
  }

  it('S07 row 12: a nonzero constant where all outputs are discrete', () => {
    expect(caught(() => mixed(constant([1, 2, 3])))).toMatchObject({
      name: 'ValueError',
      code: 'OP_RULE_DISCRETE',
    });
  });

  it('S07 row 13: what is not certainly zero there warns', () => {
    expect(mixed(vector('term'))).toEqual(['GRAD_DISCRETE_TERM']);
    expect(mixed(constant([0, 0, 0]))).toEqual([]);
  });

  it('S07 row 14: a term of another rank', () => {
    expect(outcome([matrix('m')])).toMatchObject({ name: 'ShapeError', code: 'OP_RULE_SHAPE' });
  });

  it('S07 row 15: a term whose static shape cannot fit', () => {
    expect(outcome([vector('u', { shape: [4] })])).toMatchObject({ code: 'OP_RULE_SHAPE' });
  });

  it('S07 row 16: shapes at run time are checked in mode debug', () => {
    const [a, u] = [vector('a'), vector('u')];
    const op = testOp('longer', { pullback: () => [reshape(u, [-1])] });
    const g = grad(sum(op([a])[0]!), a);
    const f = compile([a, u], add(g, a), { mode: 'debug', onUnusedInput: 'ignore' });
    expect(caught(() => f([1, 2, 3], [1, 2]))).toBeInstanceOf(Error);
  });

  it('S07 row 17: every type of term that there is, is a tensor', () => {
    expect(outcome([w])).toEqual([]);
  });

  it('S07 row 18: an op without a rule is named', () => {
    const op = testOp('ruleless', {});
    const error = caught(() => grad(sum(op([v])[0]!), v));
    expect(error).toMatchObject({ name: 'NotImplementedError', data: { op: 'ruleless' } });
  });
});

describe('scale', () => {
  it('S08 a chain of 100 000 ops can be differentiated in both modes', () => {
    let y: Variable = x;
    for (let i = 0; i < 100_000; i++) y = sin(y);
    let wanted = 1;
    for (let i = 0, value = 0.5; i < 100_000; i++, value = Math.sin(value))
      wanted *= Math.cos(value);
    const f = compile([x], [grad(y, x), pushforward(y, x, 1)], { rewrites: 'none' });
    for (const result of f(0.5)) expectClose(result.item(), wanted, 1e-9, 0);
    expect(pushforwardThroughPullback([y], [x], [1])).toHaveLength(1);
  });

  it('S09 each node is asked for its pattern and its rule at most once', () => {
    const counts = { pattern: 0, pullback: 0 };
    const op = testOp('counted', {
      connectionPattern: () => {
        counts.pattern++;
        return [[true]];
      },
      pullback: ([yBar]) => {
        counts.pullback++;
        return [yBar!];
      },
    });
    const y = op([x])[0]!;
    grad(add(y, mul(y, y), exp(y)), [x, y]);
    expect(counts).toEqual({ pattern: 1, pullback: 1 });
  });
});

describe('results', () => {
  it('S10 have the dtype of a float wrt, and some float dtype otherwise', () => {
    const f = scalar('f', { dtype: 'float32' });
    const i = scalar('i', { dtype: 'int32' });
    const [df, di] = grad(mul(mul(f, x), exp(i)), [f, i]);
    expect(df.dtype).toBe('float32');
    expect(di.dtype).toBe('float64');
  });

  it('S11 never rename variables of the caller', () => {
    const y = exp(scalar('z'));
    const cost = Object.assign(mul(x, y), { name: 'cost' });
    expect(grad(cost, x)).toBe(y);
    expect(y.name).toBeUndefined();
    const known = log(x);
    grad(cost, [x, y], { knownGrads: new Map([[cost, known]]) });
    expect(known.name).toBeUndefined();
  });
});

describe('products', () => {
  it('S12 hessianVectorProduct: zeros for a linear cost, p constant', () => {
    const v = vector('v');
    expect(valueOf(hessianVectorProduct(sum(v), v, [1, 2]), [[v, [3, 4]]])).toEqual([0, 0]);
    expect(valueOf(hessianVectorProduct(sum(square(v)), v, v), [[v, [3, 4]]])).toEqual([6, 8]);
  });

  it('S13 a pushforward of a pushforward', () => {
    for (const useOpPushforward of methods) {
      const options = { useOpPushforward };
      const t = pushforward(pushforward(pow(x, 3), x, 1, options), x, 1, options);
      expect(valueOf(t, at2)).toBe(12);
    }
  });

  it('S14 forward over reverse equals reverse over reverse', () => {
    const v = vector('v');
    const [head, tail] = [slice(v, ':-1'), slice(v, '1:')];
    const cost = sum(add(mul(100, square(sub(tail, square(head)))), square(sub(1, head))));
    const p = Array.from({ length: 9 }, (_, i) => 0.5 * i);
    const at = [[v, p.map((e) => 0.2 * e)]] as const;
    const [a, b] = (['forward-over-reverse', 'reverse-over-reverse'] as const).map((mode) =>
      valueOf(hessianVectorProduct(cost, v, p, { mode }), at),
    );
    expectClose(a, b, 1e-12);
    expectClose(a, [0, 27, -10, -95, -192, -265, -278, -195, -180]);
  });

  it('S15 nullGradients: return keeps the gradients that exist', () => {
    const [u, v] = [scalar('u'), scalar('v')];
    const cost = add(mul(x, undefinedGrad(u)), v);
    const [dx, du, dv] = grad(cost, [x, u, v], { nullGradients: 'return' });
    expect(isNull(du)).toBe(true);
    expect(
      valuesOf(
        [dx as Variable, dv as Variable],
        [
          [u, 3],
          [x, 0],
          [v, 0],
        ],
      ),
    ).toEqual([3, 1]);
  });
});

describe('checking', () => {
  it('S16 verifyGrad reports a wrong gradient, refuses no tests, passes empty inputs, reports NaN', () => {
    const error = caught(() => verifyGrad((v) => gradScale(square(v!), 2), [[0.5, 1]]));
    expect(error).toBeInstanceOf(GradientError);
    for (const field of [
      'arg',
      'errPos',
      'shape',
      'val1',
      'val2',
      'absErr',
      'relErr',
      'absTol',
      'relTol',
    ]) {
      expect(error).toHaveProperty(field);
    }
    expect(caught(() => verifyGrad((v) => square(v!), [[1]], { nTests: 0 }))).toMatchObject({
      name: 'ValueError',
    });
    expect(() => verifyGrad((v) => square(v!), [fullTensor([0], 0, 'float64')])).not.toThrow();
    const nan = caught(() => verifyGrad((v) => sqrt(v!), [[1, 0]]));
    expect(nan).toMatchObject({ reason: 'non-finite', errPos: 1 });
  });

  it('S17 numericGrad has the step and dtype of the originals', () => {
    const f = (a: { item(): number }): number => a.item() ** 2;
    expect(new NumericGrad((a) => f(a), tensorFrom(1)).eps).toBe(1e-7);
    const single = tensorFrom(1, { dtype: 'float32' });
    const mixed = new NumericGrad((a, b) => f(a) + f(b), [tensorFrom(1), single]);
    expect(mixed.eps).toBe(3e-4);
    expect(mixed.gf.map((g) => g.dtype)).toEqual(['float64', 'float64']);
    expect(NumericGrad.absRelErr(0, 0).map((error) => error.item())).toEqual([0, 0]);
    expect(numericGrad).toBeDefined();
  });
});

describe('jacobian', () => {
  it('S18 leaves out the path through considerConstant in all strategies', () => {
    const v = vector('v');
    const y = square(v);
    for (const strategy of ['auto', 'loop', 'vectorize', 'forward'] as const) {
      const J = jacobian(mul(y, v), v, { considerConstant: [y], strategy });
      expect(valueOf(J, [[v, [2, 3]]])).toEqual([
        [4, 0],
        [0, 9],
      ]);
    }
  });
});

describe('options', () => {
  it('S19 are checked on entry, also where they do not matter', () => {
    const wrong: readonly (() => unknown)[] = [
      () => grad(square(x), x, { returnDisconnected: 'Zero' as never }),
      () => grad(square(x), x, { nullGradients: 'Return' as never }),
      () => pullback(square(x), x, 1, { disconnectedInputs: 'raises' as never }),
      () => pushforward(square(x), x, 1, { disconnectedOutputs: 'none' as never }),
      () => pushforward(square(x), x, 1, { useOpPushforward: 'yes' as never }),
      () => jacobian(square(x), x, { strategy: 'rows' as never }),
      () => hessian(square(x), x, { blocks: 'none' as never }),
      () => hessianVectorProduct(square(x), x, 1, { mode: 'forward' as never }),
      () => hessianVectorProduct(square(x), x, 1, { disconnectedInputs: 'no' as never }),
    ];
    for (const run of wrong) expect(caught(run)).toMatchObject({ code: 'GRAD_INVALID_OPTION' });
    const standIn = grad(exp(x), scalar('y'), {
      disconnectedInputs: 'ignore',
      returnDisconnected: 'disconnected',
    });
    expect(isDisconnected(standIn)).toBe(true);
  });
});

describe('documented examples', () => {
  it('S20 gradients, Jacobian, Hessian and its products', () => {
    const dx = compile([x], grad(square(x), x));
    expect(dx(4).item()).toBe(8);
    expect(dx(94.2).item()).toBeCloseTo(188.4, 12);
    const m = matrix('m');
    expectClose(
      valueOf(grad(sum(sigmoid(m)), m), [
        [
          m,
          [
            [0, 1],
            [-1, -2],
          ],
        ],
      ]),
      [
        [0.25, 0.19661193],
        [0.19661193, 0.10499359],
      ],
    );
    const v = vector('v');
    const at = [[v, [4, 4]]] as const;
    expect(valueOf(jacobian(square(v), v), at)).toEqual([
      [8, 0],
      [0, 8],
    ]);
    expect(valueOf(hessian(sum(square(v)), v), at)).toEqual([
      [2, 0],
      [0, 2],
    ]);
    for (const mode of ['forward-over-reverse', 'reverse-over-reverse'] as const) {
      expect(valueOf(hessianVectorProduct(sum(square(v)), v, [2, 2], { mode }), at)).toEqual([
        4, 4,
      ]);
    }
  });

  it('S21 products with the Jacobian from both sides', () => {
    const [v, W] = [vector('v'), matrix('W')];
    const y = matmul(v, W);
    const at = [
      [v, [0, 1]],
      [
        W,
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ] as const;
    expect(
      valueOf(
        Rop(y, W, [
          [2, 2],
          [2, 2],
        ]),
        at,
      ),
    ).toEqual([2, 2]);
    expect(valueOf(Lop(y, W, [2, 2]), at)).toEqual([
      [0, 0],
      [2, 2],
    ]);
  });

  it('S22 a gradient reversed by gradScale', () => {
    expect(valueOf(grad(sin(x), x), at2)).toBeCloseTo(Math.cos(2), 15);
    expect(valueOf(grad(gradScale(sin(x), -1), x), at2)).toBeCloseTo(-Math.cos(2), 15);
  });

  it('S23 the body of a loop over y cannot differentiate y by x, one over indices can', () => {
    const v = vector('v', { shape: [3] });
    const y = mul(v, sum(square(v)));
    const overElements = () => scan((yi) => [grad(yi, v)], { sequences: [y] });
    expect(caught(overElements)).toBeInstanceOf(DisconnectedInputError);
    const [rows] = scan((i) => [grad(slice(y, [i]), v)], { sequences: [arange(3)] });
    const givens = [[v, [1, -2, 0.5]]] as const;
    expectClose(valueOf(rows!, givens), valueOf(jacobian(y, v), givens));
  });
});
