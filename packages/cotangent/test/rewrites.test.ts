import { describe, expect, it } from '@jest/globals';
import { grad, pushforward } from '@cotangent/autodiff';
import { compile, runPasses, standardPasses, standardRewrites } from '@cotangent/compile';
import type { CompileOptions, EquationRewrite, NodeRewrite } from '@cotangent/compile';
import { matrix, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  abs,
  add,
  categoricalCrossEntropy,
  det,
  div,
  eq,
  erf,
  erfc,
  exp,
  expm1,
  ge,
  gt,
  le,
  log,
  log1p,
  mean,
  mul,
  pow,
  prod,
  sigmoid,
  sin,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  where,
} from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import { randomFrom } from './acceptance/run.ts';
import { evaluateAll, numbersOf } from './random/random-graph.ts';

const isEquation = (r: NodeRewrite): r is EquationRewrite => 'equation' in r;
const equations = standardRewrites().filter(isEquation);

/** Intervals to draw arguments from; one of them is inside the domain. */
const intervals = [
  [0.1, 0.9],
  [-0.9, -0.1],
  [0.5, 3],
] as const;
const length = 8;

interface Sides {
  readonly bare: readonly number[];
  readonly rewritten: readonly number[];
}

/** The left side, its gradient and its tangent, as built and rewritten, at random points. */
function sides({ equation }: EquationRewrite, from: number, to: number): Sides {
  const random = randomFrom(7);
  const variables = Object.fromEntries(
    equation.forAll.map((v) => [v, vector(v, { shape: [length] })]),
  );
  const inputs = Object.values(variables);
  const y = equation.from(variables);
  const draw = (): Float64Array =>
    Float64Array.from({ length }, () => from + (to - from) * random());
  const tangents = inputs.map(() => tensorFrom(draw()));
  const options = { disconnectedInputs: 'ignore', onWarning: () => undefined } as const;
  const wanted: readonly Variable[] = [
    y,
    ...grad(sum(y), inputs, options),
    pushforward(y, inputs, tangents, { disconnectedOutputs: 'ignore' }),
  ];
  const point = new Map(inputs.map((x) => [x as Variable, tensorFrom(draw())] as const));
  const assumeFinite = true;
  const rewritten = runPasses(wanted, standardPasses({ assumeFinite })).outputs;
  return {
    bare: evaluateAll(wanted, point).flatMap(numbersOf),
    rewritten: evaluateAll(rewritten, point).flatMap(numbersOf),
  };
}

describe('equations', () => {
  it.each(equations.map((r) => [r.name, r] as const))(
    '%s holds for value and both derivatives',
    (_, r) => {
      let compared = 0;
      for (const [from, to] of intervals) {
        const { bare, rewritten } = sides(r, from, to);
        expect(rewritten).toHaveLength(bare.length);
        bare.forEach((wanted, i) => {
          if (!Number.isFinite(wanted)) return;
          compared++;
          // Moderate arguments: no side loses more than a few digits.
          expect(Math.abs(rewritten[i]! - wanted)).toBeLessThanOrEqual(
            1e-11 * Math.max(1, Math.abs(wanted)),
          );
        });
      }
      expect(compared).toBeGreaterThanOrEqual(length);
    },
  );

  it.each(equations.map((r) => [r.name, r] as const))('%s is found in a graph', (_, r) => {
    const variables = Object.fromEntries(
      r.equation.forAll.map((v) => [v, vector(v, { shape: [length] })]),
    );
    const y = r.equation.from(variables);
    const [to] = y.kind === 'result' ? (r.apply(y.owner, { uses: () => 1 }) ?? []) : [];
    expect(to?.shape).toEqual(y.shape);
    expect(to?.dtype).toBe(y.dtype);
    const { log } = runPasses([y], standardPasses({ assumeFinite: true }));
    expect(log.total).toBeGreaterThan(0);
  });
});

const f64 = (values: readonly number[]) => tensorFrom(Float64Array.from(values));

/** The value and the gradient of Σ y at a point, compiled. */
function at(
  point: number | readonly number[],
  build: (x: Variable) => Variable,
  options: CompileOptions = {},
): { readonly value: readonly number[]; readonly gradient: readonly number[] } {
  const x = vector('x');
  const y = build(x);
  const f = compile([x], [y, grad(sum(y), x)], options);
  const [value, gradient] = f(f64([point].flat()));
  return { value: numbersOf(value!), gradient: numbersOf(gradient!) };
}

describe('points that the graph as built gets wrong', () => {
  it('log(exp x) and its derivative are finite where exp x overflows', () => {
    expect(at(1000, (x) => log(exp(x)))).toEqual({ value: [1000], gradient: [1] });
    expect(at(1000, (x) => log(exp(x)), { rewrites: 'none' }).value).toEqual([Infinity]);
  });

  it('log(1 + exp x) is softplus', () => {
    expect(at([1000, -50], (x) => log(add(1, exp(x))))).toEqual({
      value: [1000, Math.exp(-50)],
      gradient: [1, Math.exp(-50)],
    });
    expect(at(1000, (x) => log1p(exp(x)))).toEqual({ value: [1000], gradient: [1] });
  });

  it('log(1 − sigmoid x) keeps its digits', () => {
    const { value, gradient } = at([40, 1000], (x) => log(sub(1, sigmoid(x))));
    expect(value).toEqual([-40, -1000]);
    expect(gradient).toEqual([-1, -1]);
  });

  it('log(sigmoid x) does not underflow', () => {
    expect(at(-1000, (x) => log(sigmoid(x)))).toEqual({ value: [-1000], gradient: [1] });
  });

  it('log(sum(exp x)) does not overflow, nor does its gradient', () => {
    const { value, gradient } = at([1000, 1000], (x) => log(sum(exp(x))));
    expect(value[0]).toBeCloseTo(1000 + Math.LN2, 12);
    expect(gradient).toEqual([0.5, 0.5]);
    expect(at([1000, 1000], (x) => log(sum(exp(x))), { rewrites: 'none' }).gradient[0]).toBeNaN();
  });

  it('log(mean(exp x)) does not overflow', () => {
    const x = vector('x', { shape: [2] });
    const f = compile([x], log(mean(exp(x))));
    expect(f([1000, 1000]).item()).toBeCloseTo(1000, 12);
  });

  it('log(exp a + exp b) does not overflow', () => {
    const { value } = at([1000], (x) => log(add(exp(x), exp(sub(x, 1)))));
    expect(value[0]).toBeCloseTo(1000 + Math.log1p(Math.exp(-1)), 12);
  });

  it('log(softmax x) is finite where softmax underflows, and so is its gradient', () => {
    const { value, gradient } = at([0, 1000], (x) => log(softmax(x)));
    expect(value).toEqual([-1000, 0]);
    expect(gradient).toEqual([1, -1]);
    expect(at([0, 1000], (x) => log(softmax(x)), { rewrites: 'none' }).gradient[0]).toBeNaN();
  });

  it('log(exp x / Σ exp x) does not overflow', () => {
    const { value } = at([0, 1000], (x) => log(div(exp(x), sum(exp(x)))));
    expect(value).toEqual([-1000, 0]);
  });

  it('the cross-entropy of labels and softmax is finite, with its gradient', () => {
    const [x, labels] = [matrix('x'), vector('labels', { dtype: 'int32' })];
    const cost = sum(categoricalCrossEntropy(softmax(x), labels));
    const f = compile([x, labels], [cost, grad(cost, x)]);
    const [value, gradient] = f([[0, 1000]], [0]);
    expect(value!.item()).toBe(1000);
    expect(gradient!.toArray()).toEqual([[-1, 1]]);
  });

  it('1/(1 + exp x) and exp x/(1 + exp x) have derivatives where exp x overflows', () => {
    expect(at(1000, (x) => div(1, add(1, exp(x))))).toMatchObject({ value: [0] });
    expect(at(1000, (x) => div(exp(x), add(1, exp(x)))).value).toEqual([1]);
    const { gradient } = at([1000, -1000], (x) => div(1, add(1, exp(x))));
    expect(gradient.map(Math.abs)).toEqual([0, 0]);
  });

  it('the logarithm of erfc has both tails', () => {
    const { value, gradient } = at([30, -5], (x) => log(erfc(x)));
    expect(value[0]).toBeCloseTo(-903.974117110643, 9);
    expect(value[1]).toBeCloseTo(Math.log(2), 9);
    expect(gradient[0]).toBeCloseTo(-60.0332963898, 6);
  });

  it('1 − erf x keeps its digits', () => {
    expect(at(6, (x) => sub(1, erf(x))).value[0]).toBeCloseTo(2.1519736712498913e-17, 30);
  });

  it('log det is finite where the determinant overflows, and so is its gradient', () => {
    const a = matrix('a');
    const cost = log(det(a));
    const f = compile([a], [cost, grad(cost, a)]);
    const n = 40;
    const big = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === j ? 1e10 : 0)),
    );
    const [value, gradient] = f(big);
    expect(value!.item()).toBeCloseTo(n * Math.log(1e10), 9);
    expect(gradient!.get(3, 3)).toBeCloseTo(1e-10, 20);
    expect(
      compile(
        [a],
        log(det(a)),
      )([
        [-1, 0],
        [0, 1],
      ]).item(),
    ).toBeNaN();
  });

  it('sqrt(x²) does not overflow', () => {
    expect(at(1e200, (x) => sqrt(square(x))).value).toEqual([1e200]);
  });

  it('log of a product of magnitudes does not underflow', () => {
    const x = vector('x');
    const f = compile([x], log(prod(abs(x))));
    expect(f([1e-200, -1e-200]).item()).toBeCloseTo(2 * Math.log(1e-200), 9);
  });
});

describe('the branch of where that is not taken', () => {
  it('makes no NaN of the gradient', () => {
    const { gradient } = at([0, 4, -1], (x) => where(gt(x, 0), sqrt(x), 0));
    expect(gradient).toEqual([0, 0.25, 0]);
    const bare = at([0, 4, -1], (x) => where(gt(x, 0), sqrt(x), 0), { rewrites: 'none' });
    expect(bare.gradient[0]).toBeNaN();
  });

  it('makes none through a chain of factors, nor in the second branch', () => {
    const norm = (x: Variable): Variable => where(le(x, 0), 0, mul(4, log(sqrt(mul(x, 2)))));
    const { gradient } = at([0, 1], norm);
    expect(gradient[0]).toBe(0);
    expect(gradient[1]).toBeCloseTo(2, 14);
    expect(at(0, (x) => where(eq(x, 0), 1, div(sin(x), x))).gradient).toEqual([0]);
  });

  it('makes none in the second derivative', () => {
    const x = scalar('x');
    const y = where(gt(x, 0), sqrt(x), 0);
    const f = compile([x], [grad(grad(y, x), x), pushforward(y, x, 1)]);
    expect(f(0).map((v) => v.item())).toEqual([0, 0]);
    expect(f(4).map((v) => v.item())).toEqual([-1 / 32, 0.25]);
  });
});

describe('what is left as it is', () => {
  it('x · 0, x − x and x/x of NaN and infinities', () => {
    const x = vector('x');
    const outputs = [mul(x, 0), sub(x, x), div(x, x), ge(x, x)];
    const f = compile([x], outputs);
    const bad = f([NaN, Infinity]).map((y) => y.toArray());
    expect(bad).toEqual([
      [NaN, NaN],
      [NaN, NaN],
      [NaN, NaN],
      [false, true],
    ]);
    const finite = compile([x], outputs, { assumeFinite: true });
    expect(finite([3, 0]).map((y) => y.toArray())).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
      [true, true],
    ]);
  });

  it('a NaN argument stays NaN through every inverse', () => {
    for (const build of [
      (x: Variable) => exp(log(x)),
      (x: Variable) => square(sqrt(x)),
      (x: Variable) => expm1(log1p(x)),
      (x: Variable) => log(exp(x)),
    ]) {
      expect(at(NaN, build).value).toEqual([NaN]);
    }
    expect(at(-1, (x) => exp(log(x))).value).toEqual([NaN]);
    expect(at(-2, (x) => square(sqrt(x))).value).toEqual([NaN]);
  });

  it('x^½ of −∞', () => {
    expect(at(-Infinity, (x) => pow(x, 0.5)).value).toEqual([Infinity]);
  });

  it("everything that is not exact, under rewrites: 'exact'", () => {
    const x = vector('x');
    const f = compile([x], log(add(1, exp(mul(x, 1)))), { rewrites: 'exact' });
    expect(f.program.nodes.map(({ apply }) => apply.op.name)).toEqual(['exp', 'add', 'log']);
  });
});
