import { DTypeError, ShapeError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { add, chain, exp, mul, neg, withShape } from '../test/ops.ts';
import { rebuild, replace } from './clone.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { printExpression } from './print.ts';
import { withConstructionSites } from './site.ts';
import { nameIfUnnamed } from './variable.ts';

describe('replace', () => {
  const [x, y, z] = [vector('x'), vector('y'), vector('z')];

  it('replaces variables wherever they occur', () => {
    const [replaced] = replace([mul(exp(x), add(x, y))], new Map([[x, z]]));
    expect(printExpression(replaced!)).toBe(printExpression(mul(exp(z), add(z, y))));
  });

  it('shares what does not change', () => {
    const kept = exp(y);
    const [same, changed] = replace([kept, add(x, kept)], new Map([[x, z]]));
    expect(same).toBe(kept);
    expect(changed?.kind === 'result' && changed.owner.inputs).toEqual([z, kept]);
  });

  it('replaces simultaneously', () => {
    const [swapped] = replace(
      [add(x, neg(y))],
      new Map([
        [x, y],
        [y, x],
      ]),
    );
    expect(printExpression(swapped!)).toBe(printExpression(add(y, neg(x))));
  });

  it('does not look into replacements', () => {
    const [replaced] = replace([neg(x)], new Map([[x, exp(x)]]));
    expect(printExpression(replaced!)).toBe(printExpression(neg(exp(x))));
  });

  it('replaces intermediate results and outputs', () => {
    const middle = exp(x);
    const [replaced, itself] = replace([neg(middle), middle], new Map([[middle, y]]));
    expect(printExpression(replaced!)).toBe(printExpression(neg(y)));
    expect(itself).toBe(y);
  });

  it('replaces one output of a node and rebuilds the others', () => {
    const [value, shape] = withShape(exp(x));
    const [a, b] = replace(
      [value, shape],
      new Map([
        [value, z],
        [x, y],
      ]),
    );
    expect(a).toBe(z);
    expect(printExpression(b!)).toBe(printExpression(withShape(exp(y))[1]));
  });

  it('refuses another dtype and a shape that cannot fit', () => {
    const error = caught(() => replace([x], new Map([[x, constant(new Float32Array(1))]])));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_REPLACE_DTYPE' });
    const other = caught(() => replace([x], new Map([[x, scalar('s')]])));
    expect(other).toBeInstanceOf(ShapeError);
    expect(other).toMatchObject({ code: 'GRAPH_REPLACE_SHAPE' });
  });

  it('rebuilds a chain of 100 000 nodes', () => {
    const [replaced] = replace([chain(x, 100_000)], new Map([[x, z]]));
    expect(replaced?.kind).toBe('result');
  });
});

describe('rebuild', () => {
  it('returns the node itself if no input changed', () => {
    const y = exp(scalar('x'));
    expect(y.kind === 'result' && rebuild(y.owner, [...y.owner.inputs])).toBe(
      y.kind === 'result' && y.owner,
    );
  });

  it('keeps the names of the results and the site', () => {
    const y = withConstructionSites(() => exp(scalar('x')));
    if (y.kind !== 'result') throw new Error('not a result');
    nameIfUnnamed(y, 'loss');
    const rebuilt = rebuild(y.owner, [scalar('z')]);
    expect(rebuilt.outputs[0]?.name).toBe('loss');
    expect(rebuilt.site).toBe(y.owner.site);
  });
});
