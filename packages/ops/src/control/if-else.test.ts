import { describe, expect, it, jest } from '@jest/globals';
import { constant, scalar, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { add, div, mul } from '../elementwise/arithmetic.ts';
import { gt } from '../elementwise/comparison.ts';
import { log } from '../elementwise/exponential.ts';
import { concatenate } from '../shape/concatenate.ts';
import { specifyShape } from '../shape/specify-shape.ts';
import { assert, checkAndThrow, print } from './effects.ts';
import { ifElse } from './if-else.ts';

const x = scalar('x');
const v = vector('v');
const at = (y: Variable, input: Input, value: number | number[]) =>
  evaluate(y, new Map([[input, tensorFrom(value)]])).toArray();
const code = (name: string) => expect.objectContaining({ code: name });

describe('ifElse', () => {
  it('takes one of two branches, built by functions or given as variables', () => {
    const y = ifElse(
      gt(x, 0),
      () => log(x),
      () => constant(-1),
    );
    expect([at(y, x, 1), at(y, x, -3)]).toEqual([0, -1]);
    const z = ifElse(x, mul(2, x), 7);
    expect([at(z, x, 4), at(z, x, 0)]).toEqual([8, 7]);
  });

  it('gives several outputs, and promotes dtypes', () => {
    const i = constant(3, { dtype: 'int32' });
    const [a, b] = ifElse(
      gt(x, 0),
      () => [x, i],
      () => [i, x] as const,
    );
    expect([a!.dtype, b!.dtype]).toEqual(['float64', 'float64']);
    expect([at(a!, x, 2), at(b!, x, -2)]).toEqual([2, -2]);
  });

  it('evaluates the branch that is taken only', () => {
    const wrong = (y: Variable) => assert(y, gt(0, 1), 'not this one');
    const y = ifElse(
      gt(x, 0),
      () => mul(2, x),
      () => wrong(x),
    );
    expect(at(y, x, 3)).toBe(6);
    expect(() => at(y, x, -3)).toThrow(code('ASSERTION_FAILED'));
  });

  it('may have branches of different sizes', () => {
    const y = ifElse(
      gt(x, 0),
      () => constant([1, 2]),
      () => concatenate([constant([1]), [2, 3]]),
    );
    expect(y.shape).toEqual([null]);
    expect([at(y, x, 1), at(y, x, -1)]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it('refuses branches that differ in number or rank, and a condition that is no scalar', () => {
    expect(() => ifElse(v, 1, 2)).toThrow(code('OP_BRANCH_SHAPE'));
    expect(() => ifElse(gt(x, 0), x, v)).toThrow(code('OP_BRANCH_SHAPE'));
    expect(() =>
      ifElse(
        gt(x, 0),
        () => [x, x],
        () => [x],
      ),
    ).toThrow(code('OP_BRANCH_RESULTS'));
    const wrong = (() => 3) as unknown as () => Variable;
    expect(() => ifElse(gt(x, 0), wrong, wrong)).toThrow(code('GRAPH_NOT_A_VARIABLE'));
  });
});

describe('print', () => {
  it('writes what it is asked to when it is computed, and passes the value on', () => {
    const write = jest.spyOn(console, 'log').mockImplementation(() => {});
    const y = print(v, 'v', { show: ['shape', 'dtype', 'min', 'max', 'mean', 'value'] });
    expect(at(add(y, 1), v, [1, 4])).toEqual([2, 5]);
    const lines = write.mock.calls.map(([line]) => line);
    write.mockRestore();
    expect(lines).toEqual([
      'v | shape [2] | dtype float64 | min 1 | max 4 | mean 2.5 | value tensor([1., 4.])',
    ]);
  });

  it('refuses to show what it does not know', () => {
    expect(() => print(v, 'v', { show: ['color' as never] })).toThrow(code('OP_PRINT_OPTION'));
  });
});

describe('assert', () => {
  it('passes a value for which all conditions hold', () => {
    const y = assert(v, [gt(v, 0), gt(3, v)], 'out of range');
    expect(at(y, v, [1, 2])).toEqual([1, 2]);
    expect(() => at(y, v, [1, 5])).toThrow(
      expect.objectContaining({ message: 'assert: out of range' }),
    );
    expect(() => at(assert(v, gt(v, 0)), v, [0])).toThrow(code('ASSERTION_FAILED'));
  });

  it('throws an error of the caller', () => {
    const y = checkAndThrow(div(1, v), gt(v, 0), { message: 'no rate', code: 'MODEL_RATE' });
    expect(at(y, v, [2])).toEqual([0.5]);
    expect(() => at(y, v, [0])).toThrow(code('MODEL_RATE'));
  });
});

describe('specifyShape', () => {
  it('makes sizes known and checks them', () => {
    const y = specifyShape(v, [3]);
    expect(y.shape).toEqual([3]);
    expect(at(y, v, [1, 2, 3])).toEqual([1, 2, 3]);
    expect(() => at(y, v, [1, 2])).toThrow(code('OP_SPECIFY_SHAPE'));
  });

  it('leaves open what is not stated', () => {
    expect(specifyShape(v, [null]).shape).toEqual([null]);
    expect(at(specifyShape(v, [null]), v, [1, 2])).toEqual([1, 2]);
  });

  it('refuses at once what cannot be', () => {
    expect(() => specifyShape([1, 2], [3])).toThrow(code('OP_SPECIFY_SHAPE'));
    expect(() => specifyShape(v, [2, null])).toThrow(code('OP_SPECIFY_SHAPE'));
    expect(() => specifyShape(v, [-1])).toThrow(code('OP_INVALID_SIZE'));
  });
});
