import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { exp, mul, stack, sum, sumOp, withShape } from '../test/ops.ts';
import { callable, defineOp } from './define-op.ts';
import { matrix, scalar, vector } from './inputs.ts';
import type { Operand } from './operand.ts';
import type { Variable } from './variable.ts';

describe('defineOp', () => {
  it('makes a function named like the op, with the frozen record attached', () => {
    expect(sumOp.name).toBe('sum');
    expect(sumOp.op).toMatchObject({ name: 'sum', inputCount: 1, outputCount: 1 });
    expect(Object.isFrozen(sumOp.op)).toBe(true);
  });

  it('returns one variable for one output, else all of them', () => {
    expectTypeOf(sumOp(vector('x'), { axes: [0] })).toEqualTypeOf<Variable>();
    expectTypeOf(withShape(vector('x'))).toEqualTypeOf<readonly [Variable, Variable]>();
    expect(sumOp(vector('x'), { axes: [0] }).toString()).toBe('<result>: float64[]');
    expect(withShape(vector('x'))).toHaveLength(2);
  });

  it('takes the inputs of a variadic op as one array', () => {
    const y = stack([vector('x', { shape: [2] }), 1]);
    expect(y.toString()).toBe('<result>: float64[2,2]');
    expect(stack.op.inputCount).toBeUndefined();
  });

  it('refuses spread inputs of a variadic op', () => {
    // @ts-expect-error the inputs are one array
    const error = caught(() => stack(scalar('x')));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_INPUT_LIST', data: { op: 'stack' } });
  });

  it('makes a wrong number of operands a compile error and an error', () => {
    // @ts-expect-error an input is missing
    const error = caught(() => withShape());
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'GRAPH_INPUT_COUNT' });
    // @ts-expect-error one input too many
    expectTypeOf(withShape).toBeCallableWith(1, 2, 3);
  });

  it('makes ops without attributes fit for Array.prototype.map', () => {
    const results = [scalar('x'), scalar('y')].map(exp);
    expect(results.map((y) => y.kind === 'result' && y.owner.attrs)).toEqual([{}, {}]);
  });

  it('makes missing attributes a compile error', () => {
    // @ts-expect-error the axes are missing
    expect(caught(() => sumOp(vector('x')))).toBeInstanceOf(TypeError);
  });

  it('makes rules of the wrong arity compile errors', () => {
    const arity = { inputs: 2, outputs: 1 } as const;
    const make = (): readonly unknown[] => [
      defineOp<2, 1>('tooFewTypes', arity, {
        // @ts-expect-error infer must return one type per output
        infer: () => [],
        eval: ([x]) => [x],
      }),
      defineOp<2, 1>('tooFewTerms', arity, {
        infer: ([x]) => [x],
        eval: ([x]) => [x],
        // @ts-expect-error a pullback must return one term per input
        pullback: ([yBar]) => [yBar],
      }),
      defineOp<2, 1>('tooManyTangents', arity, {
        infer: ([x]) => [x],
        eval: ([x]) => [x],
        // @ts-expect-error a pushforward must return one tangent per output
        pushforward: ([xDot]) => [xDot, xDot],
      }),
      defineOp<2, 1>(
        'wrongArity',
        // @ts-expect-error the arity must say what the type parameters say
        { inputs: 1, outputs: 1 },
        { infer: ([x]) => [x], eval: ([x]) => [x] },
      ),
    ];
    expect(make()).toHaveLength(4);
  });
});

describe('callable', () => {
  it('gives friendly arguments the record of an op', () => {
    expect(sum.op).toBe(sumOp.op);
    expect(sum.name).toBe('sum');
    expect(sum(matrix('x')).toString()).toBe('<result>: float64[]');
    const twice = callable(mul.op, (x: Operand) => mul(x, 2));
    expectTypeOf(twice).parameters.toEqualTypeOf<[x: Operand]>();
  });
});

describe('an elementwise function', () => {
  it('makes a wrong number of operands a compile error and an error', () => {
    // @ts-expect-error the second operand is missing
    expect(caught(() => mul(scalar('x')))).toMatchObject({ code: 'GRAPH_INPUT_COUNT' });
    const three = mul as unknown as (...xs: readonly unknown[]) => unknown;
    expect(caught(() => three(scalar('x'), scalar('y'), scalar('z')))).toMatchObject({
      code: 'GRAPH_INPUT_COUNT',
    });
    // @ts-expect-error exp takes one operand
    expect(exp(1, 2).toString()).toBe('<result>: float64[]');
  });
});
