import { describe, expect, it } from '@jest/globals';
import {
  NotImplementedError,
  printExpression,
  scalar,
  undefinedAt,
  vector,
  zero,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, mul, reshape, shape, sin, square, sum } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { nested } from '../test/evaluate.ts';
import { countNodes, countedSine, noCounts, testOp } from '../test/ops.ts';
import { grad, hessian, pullback, pushforward } from './index.ts';

const x = vector('x');
const at = [[x, [0.5, 2]]] as const;

describe('the forward rule derived from a pullback', () => {
  it('has the values of a written one', () => {
    const derived = countedSine(noCounts(), 'pullback');
    const v = [3, -1];
    expect(nested(pushforward(derived(x), x, v), at)).toEqual(
      nested(pushforward(sin(x), x, v), at),
    );
  });

  it('needs one call of the pullback, and leaves no dummy behind', () => {
    const counts = noCounts();
    const t = pushforward(countedSine(counts, 'pullback')(x), x, vector('v'));
    expect(counts.pullback).toBe(1);
    expect(printExpression(t, { types: false })).toMatchInlineSnapshot(`
      "(x, v) =>
        %0 = cos(x)
        %1 = mul(v, %0)
        %2 = counted(x)
        %3 = shape(%2)
        %4 = sumTo(%1, %3)
        return %4"
    `);
  });

  it('works with several inputs and outputs, some without a tangent', () => {
    const op = testOp('products', {
      outputs: 2,
      pullback: ([pBar, qBar], { inputs: [a, b] }) => [add(mul(pBar!, b!), qBar!), mul(pBar!, a!)],
    });
    const y = vector('y');
    const [p, q] = op([x, y]) as [Variable, Variable];
    const [pDot, qDot] = pushforward([p, q], x, [1, 10]);
    expect(
      nested(pDot, [
        [x, [1, 2]],
        [y, [3, 4]],
      ]),
    ).toEqual([3, 40]);
    expect(
      nested(qDot, [
        [x, [1, 2]],
        [y, [3, 4]],
      ]),
    ).toEqual([1, 10]);
  });

  it('is zero by name where the pullback is', () => {
    const op = testOp('flat', { pullback: () => [zero] });
    expect(nested(pushforward(op([x])[0]!, x, [1, 1]), at)).toEqual([0, 0]);
  });

  it('does not exist where the pullback does not', () => {
    const op = testOp('broken', { pullback: () => [undefinedAt('no')] });
    expect(caught(() => pushforward(op([x])[0]!, x, [1, 1]))).toMatchObject({
      code: 'GRAD_NULL',
    });
  });

  it('can be differentiated again', () => {
    const derived = countedSine(noCounts(), 'pullback');
    const H = hessian(sum(derived(x)), x, { strategy: 'forward' });
    const written = hessian(sum(sin(x)), x, { strategy: 'forward' });
    expect(nested(H, at)).toEqual(nested(written, at));
  });

  it('replaces a dummy that only its shape was taken of', () => {
    const op = testOp('reshaped', {
      pullback: ([yBar]) => [reshape(reshape(yBar!, [-1]), shape(yBar!))],
    });
    expect(nested(pushforward(op([x])[0]!, x, [1, 2]), at)).toEqual([1, 2]);
  });

  it('is refused for a pullback that is not linear', () => {
    const op = testOp('bent', { pullback: ([yBar]) => [square(yBar!)] });
    const error = caught(() => pushforward(op([x])[0]!, x, [1, 1]));
    expect(error).toBeInstanceOf(NotImplementedError);
    expect(error).toMatchObject({
      code: 'OP_RULE_NOT_LINEAR',
      data: { op: 'bent' },
    });
  });

  it('costs the same for each of many nodes in a row', () => {
    const derived = countedSine(noCounts(), 'pullback');
    const chainOf = (length: number): Variable => {
      let y: Variable = scalar('s');
      for (let i = 0; i < length; i++) y = derived(y);
      return y;
    };
    const nodes = (length: number): number => {
      const y = chainOf(length);
      let root: Variable = y;
      while (root.kind === 'result') root = root.owner.inputs[0]!;
      return countNodes([pushforward(y, root, 1)], [y]);
    };
    expect(nodes(200) - nodes(100)).toBe(nodes(300) - nodes(200));
  });
});

describe('the reverse rule derived from a pushforward', () => {
  it('has the values of a written one', () => {
    const derived = countedSine(noCounts(), 'pushforward');
    expect(nested(grad(sum(derived(x)), x), at)).toEqual(nested(grad(sum(sin(x)), x), at));
    expect(printExpression(grad(sum(derived(x)), x), { types: false })).toMatchInlineSnapshot(`
      "(x) =>
        %0 = cos(x)
        %1 = mul(x, %0)
        %2 = shape(%1)
        %3 = broadcastTo(%0, %2)
        %4 = shape(x)
        %5 = sumTo(%3, %4)
        return %5"
    `);
  });

  it('can be differentiated again', () => {
    const derived = countedSine(noCounts(), 'pushforward');
    expect(nested(hessian(sum(derived(x)), x), at)).toEqual(nested(hessian(sum(sin(x)), x), at));
  });

  it('works from rules given input by input', () => {
    const op = testOp('product', {
      pushforward: [
        (aDot, { inputs: [, b] }) => mul(aDot, b!),
        (bDot, { inputs: [a] }) => mul(a!, bDot),
      ],
    });
    const y = vector('y');
    const bars = pullback(op([x, y])[0]!, [x, y], [1, 10]);
    expect(
      bars.map((bar) =>
        nested(bar, [
          [x, [1, 2]],
          [y, [3, 4]],
        ]),
      ),
    ).toEqual([
      [3, 40],
      [1, 20],
    ]);
  });
});
