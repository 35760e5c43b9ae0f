import { describe, expect, it } from '@jest/globals';
import { defineOp, disconnected } from '@cotangent/graph';
import { disconnectedGrad, mul, sin, square, sub, sum } from '@cotangent/ops';
import { mapTensors, tensorFrom } from '@cotangent/tensor';
import { gradcheck, gradcheckRule } from './gradcheck.ts';
import { hermitian } from './projectors.ts';
import type { GradcheckReport } from './report.ts';
import type { NumericRule } from './rule.ts';

const failed = (report: GradcheckReport): readonly string[] =>
  report.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

describe('second order of a graph', () => {
  /** y = x³ with a pushforward whose factor is held constant: 3x²ẋ, right by itself. */
  const heldForward = defineOp<1, 1>(
    'heldForward',
    { inputs: 1, outputs: 1 },
    {
      infer: ([x]) => [x],
      eval: ([x]) => [mapTensors((a) => a ** 3, [x], x.dtype)],
      pullback: ([g], { inputs: [x] }) => [mul(g, mul(3, square(x)))],
      pushforward: ([xDot], { inputs: [x] }) => [mul(xDot, disconnectedGrad(mul(3, square(x))))],
    },
  );

  it('composes the modes in all four ways', () => {
    const report = gradcheck((x) => heldForward(x), [[0.5, -2]], { order: 2 });
    expect(failed(report)).toEqual(['order2.modes']);
    expect(report.toText()).toMatch(/reverse over reverse gives .*, reverse over forward 0/);
    expect(gradcheck((x) => mul(sin(x), x), [[0.5, -2]], { order: 2 }).verdict).toBe('pass');
  });
});

describe('the connection pattern of a graph', () => {
  /** y = Σ x with a record that claims that x does not matter. */
  const liar = defineOp<1, 1>(
    'liar',
    { inputs: 1, outputs: 1 },
    {
      infer: ([x]) => [x],
      eval: ([x]) => [mapTensors((a) => 2 * a, [x], x.dtype)],
      connectionPattern: [[false]],
      pullback: () => [disconnected],
      pushforward: () => [disconnected],
    },
  );

  it('is held against what moves', () => {
    const report = gradcheck(
      (x, y) => [liar(x), sum(mul(x, y))],
      [
        [1, 2],
        [3, 5],
      ],
    );
    expect(failed(report)).toContain('connection.pattern');
    const honest = gradcheck(
      (x, y) => [square(y), sum(mul(x, y))],
      [
        [1, 2],
        [3, 5],
      ],
    );
    expect(honest.verdict).toBe('pass');
  });

  it('may lie where the derivative differs on purpose', () => {
    const stopped = gradcheck((x) => sub(x, disconnectedGrad(x)), [[1, 2]], {
      surrogate: 'straight-through',
    });
    expect(stopped.verdict).toBe('pass');
    const without = gradcheck((x) => disconnectedGrad(x), [[1, 2]], { surrogate: 'no gradient' });
    expect(without.verdict).toBe('pass');
  });
});

describe('hermitian', () => {
  const point = [
    [
      [2, 0],
      [1, 3],
    ],
    [
      [1, -3],
      [5, 0],
    ],
  ];

  /** f(A) = 2·Re A₀₁ + 5·Im A₀₁ + A₀₀, and half of it by each of two mirrored elements. */
  function ruleWith(imaginary: number): NumericRule {
    return {
      f: (a) => 2 * a!.get(0, 1, 0) + 5 * a!.get(0, 1, 1) + a!.get(0, 0, 0),
      vjp: (_, [u]) => {
        const gradient = Float64Array.of(1, 0, 1, 2.5, 1, imaginary, 0, 0);
        return [
          tensorFrom(
            gradient.map((g) => g * u!.item()),
            { shape: [2, 2, 2] },
          ),
        ];
      },
    };
  }

  it('lets mirrored elements move as conjugates', () => {
    const options = { tangents: [hermitian()] };
    expect(gradcheckRule(ruleWith(-2.5), [point], options).verdict).toBe('pass');
    expect(gradcheckRule(ruleWith(2.5), [point], options).verdict).toBe('fail');
    expect(gradcheckRule(ruleWith(-2.5), [point]).verdict).toBe('fail');
  });
});
