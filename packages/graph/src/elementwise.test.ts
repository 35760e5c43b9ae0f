import { DTypeError, ShapeError, tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { add, exp, less, mul, neg, power, select } from '../test/ops.ts';
import { isDisconnected, isZero } from './absence.ts';
import { elementwise } from './elementwise.ts';
import { matrix, scalar, vector } from './inputs.ts';
import type { Op, RuleContext, RuleEngine } from './op.ts';
import { printExpression } from './print.ts';
import type { Result, Variable } from './variable.ts';

const engine: RuleEngine = { pullback: () => [], pushforward: () => [] };

function owner(x: Variable): Result['owner'] {
  if (x.kind !== 'result') throw new Error('not a result');
  return x.owner;
}

function contextOf(x: Variable, needs?: readonly boolean[]): RuleContext {
  const node = owner(x);
  const { inputs, outputs, attrs } = node;
  return { node, inputs, outputs, attrs, needs: needs ?? inputs.map(() => true), engine };
}

function evaluate(op: Op, y: Variable, values: readonly Tensor[]): Tensor | undefined {
  return op.eval(values, owner(y).attrs, [y.type])[0];
}

describe('elementwise', () => {
  it('broadcasts and promotes', () => {
    const y = add(matrix('x', { shape: [3, 1], dtype: 'float32' }), vector('y', { shape: [4] }));
    expect(y.toString()).toBe('<result>: float64[3,4]');
  });

  it('names the op when shapes do not fit', () => {
    const error = caught(() => mul(vector('x', { shape: [2] }), vector('y', { shape: [3] })));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'SHAPE_BROADCAST', data: { op: 'mul' } });
  });

  it('refuses the dtypes that the op rejects', () => {
    const error = caught(() => neg(vector('b', { dtype: 'bool' })));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'OP_DTYPE_REJECTED', data: { op: 'neg', dtype: 'bool' } });
  });

  it('gives the result dtype that the op asks for', () => {
    const i = scalar('i', { dtype: 'int32' });
    expect([exp(i).dtype, less(i, i).dtype, neg(i).dtype]).toEqual(['float64', 'bool', 'int32']);
    expect(exp(scalar('u', { dtype: 'uint8' })).dtype).toBe('float32');
  });

  it('evaluates element by element', () => {
    const y = mul(vector('x'), 2);
    const values = [tensorFrom([1, 2, 3]), tensorFrom(2)];
    expect(evaluate(mul.op, y, values)?.toArray()).toEqual([2, 4, 6]);
  });

  it('gives the scalar function of its attributes', () => {
    const y = power(vector('x'), { n: 3 });
    expect(evaluate(power.op, y, [tensorFrom([2, -1])])?.toArray()).toEqual([8, -1]);
    expect(power.op.elementwise?.scalar({ n: 3 }, 'float64')(2)).toBe(8);
  });

  it('takes another scalar function where a dtype has its own', () => {
    const times = elementwise('times', 2, {
      eval: (x, y) => x * y,
      evalAs: { int32: Math.imul },
      points: [[1, 2]],
    });
    const x = scalar('x', { dtype: 'int32' });
    const big = tensorFrom(2 ** 31 - 1, { dtype: 'int32' });
    expect(evaluate(times.op, times(x, x), [big, big])?.item()).toBe(1);
  });

  it('makes missing attributes and a wrong number of rule terms compile errors', () => {
    // @ts-expect-error the attributes are missing
    expectTypeOf(power).toBeCallableWith(scalar('x'));
    expectTypeOf(power).toBeCallableWith(scalar('x'), { n: 2 });
    const make = (): unknown =>
      elementwise('half', 2, {
        eval: (x) => x,
        // @ts-expect-error one term per input
        diff: [(g) => g],
        points: [[1, 2]],
      });
    const wrongPoint = (): unknown =>
      elementwise('wrong', 2, {
        eval: (x) => x,
        // @ts-expect-error one value per input
        points: [[1]],
      });
    expect([make(), wrongPoint()]).toHaveLength(2);
  });

  it('lists points and edges as samples of the contract test', () => {
    expect(less.op.samples).toEqual([{ inputs: [0, 1] }, { inputs: [1, 1], edge: true }]);
    expect(power.op.samples).toEqual([{ inputs: [3], attrs: { n: 2 } }]);
  });
});

describe('the rules of an elementwise op', () => {
  const x = vector('x');
  const y = vector('y');
  const g = vector('g');

  it('serve both modes from one map', () => {
    const context = contextOf(mul(x, y));
    const terms = mul.op.pullback?.([g], context) ?? [];
    expect(terms.map((term) => printExpression(term as Variable))).toEqual([
      printExpression(mul(g, y)),
      printExpression(mul(g, x)),
    ]);
    const forward = mul.op.pushforward;
    if (!Array.isArray(forward)) throw new Error('the pushforward is not a list of terms');
    expect(forward).toHaveLength(2);
    expect(printExpression(forward[0](g, context))).toBe(printExpression(mul(g, y)));
  });

  it('leave terms out that are not needed', () => {
    const terms = mul.op.pullback?.([g], contextOf(mul(x, y), [true, false])) ?? [];
    expect(terms.map(isZero)).toEqual([false, true]);
  });

  it('are zero in both modes for a step function', () => {
    const context = contextOf(less(x, y));
    expect(less.op.pullback?.([g], context).every(isZero)).toBe(true);
    const forward = less.op.pushforward;
    expect(typeof forward === 'function' && forward([g, g], context).every(isZero)).toBe(true);
  });

  it('pass names of absence on', () => {
    const terms = select.op.pullback?.([g], contextOf(select(less(x, y), x, y))) ?? [];
    expect(terms.map(isDisconnected)).toEqual([true, false, false]);
  });

  it('are missing where no derivative is written', () => {
    expect(power.op.pullback).toBeUndefined();
    expect(power.op.pushforward).toBeUndefined();
  });
});

describe('foldingElementwise', () => {
  it('folds from the left', () => {
    expect(printExpression(add(scalar('x'), scalar('y'), 1))).toBe(
      printExpression(add(add(scalar('x'), scalar('y')), 1)),
    );
  });

  it('needs two operands', () => {
    // @ts-expect-error the second operand is missing
    expect(caught(() => add(1))).toMatchObject({ code: 'GRAPH_NOT_A_VARIABLE' });
  });
});
