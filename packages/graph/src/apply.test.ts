import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { exp, mul, sumOp, withShape } from '../test/ops.ts';
import { applyOp } from './apply.ts';
import { scalar, vector } from './inputs.ts';
import { makeOp } from './define-op.ts';
import type { Variable } from './variable.ts';

describe('applyOp', () => {
  it('builds a node whose results know it', () => {
    const x = vector('x');
    const node = applyOp(withShape.op, [x]);
    expect(node.inputs).toEqual([x]);
    expect(node.outputs.map((y) => [y.owner === node, y.index, y.toString()])).toEqual([
      [true, 0, '<result>: float64[?]'],
      [true, 1, '<result>: int32[1]'],
    ]);
  });

  it('keeps the attributes', () => {
    expect(applyOp(sumOp.op, [vector('x')], { axes: [0] }).attrs).toEqual({ axes: [0] });
  });

  it('refuses a wrong number of inputs', () => {
    const error = caught(() => applyOp(mul.op, [scalar('x')]));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({
      code: 'GRAPH_INPUT_COUNT',
      data: { op: 'mul', expected: 2, got: 1 },
    });
  });

  it('refuses inputs that are no variables', () => {
    const error = caught(() => applyOp(exp.op, [3 as unknown as Variable]));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_NOT_A_VARIABLE', data: { op: 'exp', position: 0 } });
  });

  it('refuses an inference with a wrong number of types', () => {
    const faulty = makeOp<1, number, object>(
      'faulty',
      { inputs: 1, outputs: 'variadic' },
      { infer: ([x]) => [x, x], eval: ([x]) => [x, x] },
    );
    const error = caught(() => applyOp({ ...faulty, outputCount: 1 }, [scalar('x')]));
    expect(error).toMatchObject({ code: 'OP_OUTPUT_COUNT', data: { op: 'faulty', expected: 1 } });
  });
});
