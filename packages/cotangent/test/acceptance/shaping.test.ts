import { describe, expect, it } from '@jest/globals';
import {
  DisconnectedInputError,
  add,
  cast,
  compile,
  disconnectedGrad,
  exp,
  grad,
  gradClip,
  gradScale,
  matrix,
  mul,
  pushforward,
  scalar,
  square,
  sum,
  undefinedAt,
  vector,
  zeroGrad,
} from 'cotangent';
import { considerConstant } from '@cotangent/autodiff';
import type { Variable } from 'cotangent';
import { testOp } from './plugin-ops.ts';
import { caught, expectClose, flat, opsOf, randomFrom, uniform, valueOf } from './run.ts';

type Wrapper = (x: Variable) => Variable;
const quietly = { onWarning: () => {} };
const wrappers: Readonly<Record<string, Wrapper>> = {
  considerConstant: (x) => considerConstant(x, quietly),
  zeroGrad,
  disconnectedGrad,
};

function expectRemoved(name: keyof typeof wrappers): void {
  const x = vector('x');
  const ops = opsOf([x], mul(x, wrappers[name]!(x)));
  expect(ops).toEqual(['square']); // x · x
}

/** The gradients of the list of G37, and the values they must have. */
function expectGradientsOf(k: Wrapper, hasBare: boolean): void {
  const x = matrix('x');
  const value = uniform([5, 5], randomFrom(37));
  const xs = flat(value);
  const cases: readonly (readonly [Variable, (v: number) => number])[] = [
    [mul(x, k(x)), (v) => v],
    [mul(x, k(exp(x))), (v) => Math.exp(v)],
    ...(hasBare ? [[k(x), () => 0] as const] : []),
    [mul(square(x), k(x)), (v) => 2 * v * v],
  ];
  for (const [y, wanted] of cases) {
    expectClose(valueOf(grad(sum(y), x), [[x, value]]), xs.map(wanted));
  }
}

describe('considerConstant, the function', () => {
  it('G36 is removed when a graph is compiled', () => expectRemoved('considerConstant'));
  it('G37 counts as constant in gradients', () =>
    expectGradientsOf(wrappers['considerConstant']!, true));
});

describe('zeroGrad', () => {
  it('G38 is removed when a graph is compiled', () => expectRemoved('zeroGrad'));
  it('G39 counts as constant in gradients, without an error of its own', () =>
    expectGradientsOf(zeroGrad, true));

  it('G40 has tangents that are zero, of its shape', () => {
    const x = vector('x');
    for (const useOpPushforward of [true, false]) {
      const t = pushforward(zeroGrad(x), x, [1, 2, 3], { useOpPushforward });
      expect(valueOf(t, [[x, [4, 5, 6]]])).toEqual([0, 0, 0]);
    }
  });
});

describe('disconnectedGrad', () => {
  it('G41 is removed when a graph is compiled', () => expectRemoved('disconnectedGrad'));
  it('G42 counts as constant in gradients', () => expectGradientsOf(disconnectedGrad, false));

  it('G43 has the connection pattern [[false]]', () => {
    expect(disconnectedGrad.op.connectionPattern).toEqual([[false]]);
  });

  it('G44 raises where it lies on every path, and only there', () => {
    const [a, b, x] = [vector('a'), vector('b'), vector('x')];
    const k = disconnectedGrad;
    expect(caught(() => grad(sum(k(x)), x))).toBeInstanceOf(DisconnectedInputError);
    expect(caught(() => grad(sum(add(a, k(b))), b))).toBeInstanceOf(DisconnectedInputError);
    expect(valueOf(grad(sum(add(x, k(x))), x), [[x, [1, 2]]])).toEqual([1, 1]);
    expect(
      valueOf(grad(sum(add(a, k(b))), a), [
        [a, [1, 2]],
        [b, [1, 2]],
      ]),
    ).toEqual([1, 1]);
  });
});

describe('ops that change gradients', () => {
  const x = scalar('x');

  it('G45 gradClip clips, and is gone from the compiled function', () => {
    const clipped = grad(square(gradClip(x, -1, 1)), x);
    expect([clipped, grad(square(x), x)].map((g) => valueOf(g, [[x, 2]]))).toEqual([1, 4]);
    expect(opsOf([x], clipped)).not.toContain('gradClip');
  });

  it('G46 gradScale scales, and is gone from the compiled function', () => {
    const scaled = grad(square(gradScale(x, 2)), x);
    expect([scaled, grad(square(x), x)].map((g) => valueOf(g, [[x, 2]]))).toEqual([8, 4]);
    expect(opsOf([x], scaled)).not.toContain('gradScale');
  });

  it('G47 a draw without a derivative behind zeroGrad leaves nothing undefined behind', () => {
    // A draw as the engine sees it: its parameters have no derivative.
    const draw = testOp('multinomial', {
      infer: ([type]) => [{ ...type!, dtype: 'int32' }],
      eval: ([p], _, [type]) => cast.op.eval([p!], { dtype: 'int32' }, [type!]),
      pullback: () => [undefinedAt('a draw has no derivative by its parameters')],
    });
    const p = vector('p');
    const samples = zeroGrad(cast(draw([zeroGrad(p)])[0]!, 'float64'));
    const cost = sum(add(samples, p));
    const f = compile([p], grad(cost, samples));
    expect(f([0.5, 0.5]).toArray()).toEqual([1, 1]);
    expect(f.program.nodes.map((node) => node.apply.op.name)).not.toContain('undefinedGrad');
    expect(valueOf(grad(cost, p), [[p, [0.5, 0.5]]])).toEqual([1, 1]);
  });
});
