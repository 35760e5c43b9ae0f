import { describe, expect, it } from '@jest/globals';
import { constant, scalar, undefinedAt, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, mul, square, sum, tanh } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { nested } from '../test/evaluate.ts';
import { breakOp } from '../test/ops.ts';
import { grad, gradSourcesInputs, subgraphGrad } from './index.ts';

const [x, w1, w2] = [vector('x'), vector('w1'), vector('w2')];
const hidden = tanh(mul(w1, x));
const cost1 = sum(square(w1));
const cost2 = sum(square(mul(w2, hidden)));
const at = [
  [x, [1, 2]],
  [w1, [0.5, -1]],
  [w2, [3, 0.1]],
] as const;

describe('subgraphGrad', () => {
  it('goes stage by stage to the gradient of the whole', () => {
    const [[dw2], [dHidden]] = subgraphGrad([w2], [hidden], { cost: cost2 });
    const start = new Map([[hidden, dHidden!]]);
    const [[dw1]] = subgraphGrad([w1], [x], { start, cost: cost1 });
    const [whole1, whole2] = grad(add(cost1, cost2), [w1, w2]);
    expect(nested(dw1!, at)).toEqual(nested(whole1, at));
    expect(nested(dw2!, at)).toEqual(nested(whole2, at));
  });

  it('gives the two sources apart, aligned with wrt, with details', () => {
    const start = new Map([[hidden, constant([1, 10])]]);
    const parts = subgraphGrad([w1, w2, w1], [x], { start, cost: cost1, details: true });
    const [fromStart] = parts.startGrads!;
    const [fromCost] = parts.costGrads!;
    expect(nested(fromCost!, at)).toEqual([1, -2]);
    const total = nested(parts.wrtGrads[0]!, at) as number[];
    const one = nested(fromStart!, at) as number[];
    expect(total).toEqual([one[0]! + 1, one[1]! - 2]);
    expect(parts.wrtGrads[2]).toBe(parts.wrtGrads[0]);
    expect(nested(parts.startGrads![1]!, at)).toEqual([0, 0]);
    const onlyCost = subgraphGrad([w1], [], { cost: cost1, details: true });
    expect(onlyCost.startGrads).toBeNull();
  });

  it('adds no zeros', () => {
    const start = new Map([[hidden, constant([1, 10])]]);
    const { wrtGrads, costGrads } = subgraphGrad([w1], [x], {
      start,
      cost: sum(w2),
      details: true,
    });
    expect(nested(costGrads![0]!, at)).toEqual([0, 0]);
    const [alone] = subgraphGrad([w1], [x], { start })[0];
    expect(nested(wrtGrads[0]!, at)).toEqual(nested(alone!, at));
  });

  it('raises for a derivative that does not exist', () => {
    const cost = sum(breakOp(w1));
    expect(caught(() => subgraphGrad([w1], [], { cost }))).toMatchObject({ code: 'GRAD_NULL' });
  });

  it.each<readonly [string, readonly unknown[], string]>([
    ['no source', [[w1], [x], {}], 'GRAD_NO_COST'],
    ['a wrt that is no array', [w1, [x], { cost: cost1 }], 'GRAD_NOT_A_LIST'],
    ['an end that is no array', [[w1], x, { cost: cost1 }], 'GRAD_NOT_A_LIST'],
    ['a start that is no Map', [[w1], [x], { start: {} }], 'GRAD_KNOWN_NOT_MAP'],
    ['a wrt that is no variable', [[3], [x], { cost: cost1 }], 'GRAD_NOT_A_VARIABLE'],
  ])('refuses %s', (_, args, code) => {
    const call = subgraphGrad as (...given: readonly unknown[]) => unknown;
    expect(caught(() => call(...args))).toMatchObject({ code });
  });
});

describe('gradSourcesInputs', () => {
  const s = scalar('s');
  const y = square(s);
  const z = mul(3, y);
  const one = constant(1);

  it('adds sources, repeated and dependent ones too', () => {
    const result = gradSourcesInputs(
      [
        [y, one],
        [z, one],
        [y, constant(10)],
      ],
      [s],
    );
    expect(nested(result.get(s)!, [[s, 2]])).toBe(4 * (1 + 3 + 10));
  });

  it('takes all roots where none are listed, and skips null', () => {
    const other = scalar('other');
    const result = gradSourcesInputs(
      [
        [mul(s, other), one],
        [square(other), null],
      ],
      null,
    );
    expect([...result.keys()]).toEqual([s, other]);
    expect(
      nested(result.get(other)!, [
        [s, 5],
        [other, 1],
      ]),
    ).toBe(5);
  });

  it('leaves out what the sources do not depend on', () => {
    const other = scalar('other');
    expect([...gradSourcesInputs([[y, one]], [s, other]).keys()]).toEqual([s]);
  });

  it('stops at the listed variables', () => {
    const result = gradSourcesInputs([[z, one]], [s, y]);
    expect([...result.keys()]).toEqual([y]);
  });

  it('passes a derivative that does not exist on', () => {
    const source: readonly (readonly [Variable, Variable | null])[] = [
      [y, undefinedAt('why') as unknown as Variable],
    ];
    expect(caught(() => gradSourcesInputs(source, [s]))).toMatchObject({ code: 'GRAD_NULL' });
    expect(caught(() => gradSourcesInputs([[y, 3 as never]], [s]))).toMatchObject({
      code: 'GRAD_NOT_A_VARIABLE',
    });
  });
});
