import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { add, exp, mul, neg, withShape } from '../test/ops.ts';
import { applyOp } from './apply.ts';
import type { Apply } from './apply.ts';
import { connectionPatternOf, ioConnectionPattern } from './connection.ts';
import { scalar, vector } from './inputs.ts';
import type { ConnectionPattern } from './op.ts';

function nodeWith(connectionPattern: ConnectionPattern | ((node: Apply) => unknown)): Apply {
  const pattern = connectionPattern as ConnectionPattern;
  return applyOp({ ...withShape.op, connectionPattern: pattern }, [vector('x')]);
}

describe('connectionPatternOf', () => {
  it('is all true unless declared', () => {
    expect(connectionPatternOf(applyOp(mul.op, [scalar(), scalar()]))).toEqual([[true], [true]]);
  });

  it('is the declared one, fixed or by node', () => {
    expect(connectionPatternOf(nodeWith([[true, false]]))).toEqual([[true, false]]);
    expect(connectionPatternOf(nodeWith((node) => node.inputs.map(() => [false, true])))).toEqual([
      [false, true],
    ]);
  });

  it.each([
    ['no array', () => 'all'],
    ['no array of arrays', () => [true]],
  ])('refuses %s', (_, pattern) => {
    const error = caught(() => connectionPatternOf(nodeWith(pattern)));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'OP_PATTERN_TYPE', data: { op: 'withShape' } });
  });

  it.each([
    [
      'rows',
      [
        [true, false],
        [true, true],
      ],
    ],
    ['columns', [[true]]],
  ])('refuses a wrong number of %s', (_, pattern) => {
    const error = caught(() => connectionPatternOf(nodeWith(pattern)));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'OP_PATTERN_SIZE', data: { op: 'withShape' } });
  });
});

describe('ioConnectionPattern', () => {
  const x = vector('x');
  const y = vector('y');

  it('tells which inputs reach which outputs', () => {
    expect(ioConnectionPattern([x, y], [exp(x), add(x, y), y])).toEqual([
      [true, true, false],
      [false, true, true],
    ]);
  });

  it('follows the patterns of the nodes', () => {
    const [value, shape] = withShape(exp(x));
    expect(ioConnectionPattern([x], [neg(value), neg(shape)])).toEqual([[true, false]]);
  });

  it('is false for outputs that depend on no input', () => {
    expect(ioConnectionPattern([x], [exp(2)])).toEqual([[false]]);
  });

  it('takes the inputs as given, also where one is computed from another', () => {
    const [value, shape] = withShape(x);
    expect(ioConnectionPattern([x, value], [value, shape])).toEqual([
      [false, false],
      [true, false],
    ]);
    expect(ioConnectionPattern([x, value], [neg(value)])).toEqual([[false], [true]]);
  });

  it('marks every place of an input that is listed twice', () => {
    expect(ioConnectionPattern([x, x], [exp(x)])).toEqual([[true], [true]]);
  });
});
