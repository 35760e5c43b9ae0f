import { describe, expect, it } from '@jest/globals';
import {
  checkpoint,
  compile,
  cos,
  customGrad,
  customPullback,
  customPushforward,
  grad,
  hessian,
  mul,
  pushforward,
  sin,
  sum,
  tanh,
  vector,
} from 'cotangent';

const x = vector('x');
const w = vector('w');
const at = [0.3, -1.2];
const weights = [2, 0.5];
const derivatives = (cost: ReturnType<typeof sum>) => [
  ...grad(cost, [x, w]),
  pushforward(cost, x, [1, -2]),
  hessian(cost, x),
];

describe('checkpoint', () => {
  it('has the derivatives of the function, of captured variables and to second order too', () => {
    const plain = sum(tanh(mul(sin(x), w)));
    const block = checkpoint((v) => tanh(mul(sin(v!), w)));
    const f = compile([x, w], [...derivatives(plain), ...derivatives(sum(block(x)))]);
    const values = f(at, weights).map((value) => [value.toArray()].flat(3).map(Number));
    // The recomputed graph may round differently in the last digits.
    const differences = values
      .slice(4)
      .map((block, k) => block.map((value, i) => Math.abs(value - values[k]![i]!)));
    expect(Math.max(...differences.flat())).toBeLessThan(1e-14);
    expect(values.slice(4).map((block) => block.length)).toEqual([2, 2, 1, 4]);
  });
});

describe('customGrad', () => {
  it('uses the rule given, and derives the other mode from it', () => {
    const doubled = customGrad((v) => sin(v!), { pullback: ([yBar]) => [mul(2, yBar!)] });
    const cost = sum(doubled(x));
    const f = compile([x], [grad(cost, x), pushforward(cost, x, [1, 10])], {
      onUnusedInput: 'ignore',
    });
    const [gradient, tangent] = f(at);
    expect(gradient.toArray()).toEqual([2, 2]);
    expect(tangent.item()).toBe(22);
  });
});

describe('customPullback and customPushforward', () => {
  it('use the rule given, and derive the other mode from it', () => {
    const backward = customPullback(
      (v) => sin(v!),
      ([yBar], { inputs: [v] }) => [mul(mul(2, cos(v!)), yBar!)],
    );
    const forward = customPushforward(
      (v) => sin(v!),
      ([vDot], { inputs: [v] }) => [mul(mul(2, cos(v!)), vDot!)],
    );
    const results = [backward, forward].flatMap((f) => {
      const cost = sum(f(x));
      return [grad(cost, x), pushforward(cost, x, [1, 10])];
    });
    const values = compile([x], results)(at).map((value) => [value.toArray()].flat().map(Number));
    const slopes = at.map((v) => 2 * Math.cos(v));
    const along = slopes[0]! + 10 * slopes[1]!;
    [slopes, [along], slopes, [along]].forEach((wanted, k) =>
      wanted.forEach((y, i) => expect(values[k]![i]).toBeCloseTo(y, 14)),
    );
  });
});
