import { describe, expect, it } from '@jest/globals';
import { isNull, scalar } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { testOp } from '../test/ops.ts';
import { considerConstant, grad, gradNotImplemented, gradUndefined } from './index.ts';

const x = scalar('x');

describe.each([
  ['gradNotImplemented', gradNotImplemented, 'not-implemented', 'is not implemented'],
  ['gradUndefined', gradUndefined, 'undefined', 'is mathematically undefined'],
] as const)('%s', (_, make, reason, phrase) => {
  it('explains which derivative is missing', () => {
    const absence = make({ name: 'draw' }, 1, x, 'Ask for another.');
    expect(isNull(absence)).toBe(true);
    expect(absence.type.reason).toBe(reason);
    expect(absence.type.whyNull).toBe(
      `the derivative of draw by its input 1 (x: float64[]) ${phrase}. Ask for another.`,
    );
  });

  it('makes grad raise with the explanation', () => {
    const op = testOp('draw', { pullback: (_bars, { node }) => [make(node.op, 0, x)] });
    const error = caught(() => grad(op([x])[0]!, x));
    expect(error).toMatchObject({ code: 'GRAD_NULL', kind: reason });
    expect(String(error)).toContain(phrase);
  });
});

describe('considerConstant', () => {
  it('is zeroGrad, with a warning at every call', () => {
    const codes: string[] = [];
    const constant: Variable = considerConstant(x, { onWarning: (code) => codes.push(code) });
    expect(constant.kind === 'result' && constant.owner.op.name).toBe('zeroGrad');
    expect(codes).toEqual(['GRAD_DEPRECATED']);
  });
});
