import { describe, expect, it } from '@jest/globals';
import {
  assertOp,
  checkOp,
  compile,
  debugPrint,
  defineOp,
  elementwise,
  fromJSON,
  grad,
  jacobian,
  mul,
  pushforward,
  sub,
  sum,
  tensorFrom,
  toDot,
  toJSON,
  valueAndGrad,
  vector,
  verifyGrad,
} from 'cotangent';
import type { OpFunction, Unary, Variable } from 'cotangent';

/** y = x (1 − x).  dy/dx = 1 − 2x. */
const logistic: Unary = elementwise('logisticMap', 1, {
  eval: (x) => x * (1 - x),
  diff: [(g, [x]) => mul(g, sub(1, mul(2, x)))],
  points: [[0.25], [-3], [2]],
});

type ShiftAttrs = { readonly by: number };

/** y[k] = x[(k + by) mod n].  Linear; the adjoint shifts the other way. */
const cyclicShift: OpFunction<1, 1, ShiftAttrs> = defineOp<1, 1, ShiftAttrs>(
  'cyclicShift',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pushforward: ([xDot], { attrs }) => [cyclicShift(xDot, attrs)],
    pullback: ([yBar], { attrs: { by } }) => [cyclicShift(yBar, { by: -by })],
    eval: ([x], { by }, [type]) => {
      const n = x.shape[0] ?? 0;
      const at = (k: number): number => x.get((((k + by) % n) + n) % n);
      return [
        tensorFrom(
          Array.from({ length: n }, (_, k) => at(k)),
          { dtype: type.dtype },
        ),
      ];
    },
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2, 3]], attrs: { by: 1 } },
      { name: 'backwards', inputs: [[1.5, -2, 3, 4]], attrs: { by: -3 } },
    ],
  },
);

/** The shift with a wrong rule: it pulls back without reversing. */
const wrongShift: OpFunction<1, 1, ShiftAttrs> = defineOp<1, 1, ShiftAttrs>(
  'wrongShift',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pushforward: ([xDot], { attrs }) => [cyclicShift(xDot, attrs)],
    pullback: ([yBar], { attrs }) => [cyclicShift(yBar, attrs)],
    eval: ([x], attrs, types) => {
      const [y] = cyclicShift.op.eval([x], attrs, types);
      return [y!];
    },
    samples: [{ inputs: [[1.5, -2, 3]], attrs: { by: 1 } }],
  },
);

describe('an op of a plugin, defined with public exports only', () => {
  const x = vector('x');
  const y = sum(mul(logistic(x), cyclicShift(x, { by: 1 })));
  const at = [0.5, 2, -1];
  const expected = 0.25 * 2 + -2 * -1 + -2 * 0.5;

  it('is evaluated in every mode', () => {
    for (const mode of ['fast', 'reference', 'debug'] as const) {
      expect(compile([x], y, { mode })(at).item()).toBe(expected);
    }
  });

  it('is differentiated in both modes', () => {
    const gradient = compile([x], grad(y, x))(at).toArray() as number[];
    const directional = compile([x], pushforward(y, x, [1, 10, 100]))(at).item();
    expect(directional).toBeCloseTo(gradient[0]! + 10 * gradient[1]! + 100 * gradient[2]!, 12);
  });

  it('has a Jacobian, without a batching rule', () => {
    const J = compile([x], jacobian(cyclicShift(x, { by: 1 }), x), { onUnusedInput: 'ignore' });
    expect(J(at).toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it('is printed, drawn, saved and loaded', () => {
    expect(debugPrint(y)).toContain('cyclicShift{by=1}');
    expect(toDot(y)).toContain('cyclicShift');
    const saved: unknown = JSON.parse(JSON.stringify(toJSON([y])));
    const loaded = fromJSON(saved, [logistic, cyclicShift, mul, sum]);
    expect(compile(loaded.inputs, loaded.outputs[0]!)(at).item()).toBe(expected);
  });

  it('is traced in function style', () => {
    const f = valueAndGrad((v: Variable) => sum(logistic(v)));
    expect(f(at).grad.toArray()).toEqual([0, -3, 3]);
  });

  it('passes the contract and verifyGrad', () => {
    expect(() => assertOp(logistic)).not.toThrow();
    expect(() => assertOp(cyclicShift)).not.toThrow();
    expect(() =>
      verifyGrad((v) => cyclicShift(v, { by: 2 }), [tensorFrom([1, 2, 3])]),
    ).not.toThrow();
  });

  it('fails the contract when its rule is wrong', () => {
    expect(checkOp(wrongShift)).toMatchObject({ name: 'wrongShift', verdict: 'fail' });
    expect(() => verifyGrad((v) => wrongShift(v, { by: 1 }), [tensorFrom([1, 2, 3])])).toThrow(
      expect.objectContaining({ name: 'GradientError' }),
    );
  });
});
