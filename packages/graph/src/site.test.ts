import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { exp, mul } from '../test/ops.ts';
import { scalar } from './inputs.ts';
import { ConstructionSite, withConstructionSites } from './site.ts';
import type { Variable } from './variable.ts';

const siteOf = (y: Variable): ConstructionSite | undefined =>
  y.kind === 'result' ? y.owner.site : undefined;

describe('withConstructionSites', () => {
  it('records the line of user code that built a node', () => {
    const here = new Error('here').stack?.split('\n')[1]?.match(/site\.test\.ts:(\d+)/);
    const y = withConstructionSites(() => mul(scalar('x'), 2)); // one line below `here`
    expect(siteOf(y)?.toString()).toContain(`site.test.ts:${Number(here?.[1]) + 1}:`);
  });

  it('records nothing outside, also after an error inside', () => {
    expect(caught(() => withConstructionSites(() => exp([[1], [1, 2]])))).toBeInstanceOf(Error);
    expect(siteOf(exp(1))).toBeUndefined();
  });

  it('can be nested', () => {
    const [inner, outer] = withConstructionSites(() => {
      const first = withConstructionSites(() => exp(1));
      return [first, exp(1)] as const;
    });
    expect([inner, outer].map((y) => siteOf(y) !== undefined)).toEqual([true, true]);
  });
});

describe('ConstructionSite', () => {
  const siteWith = (...frames: readonly string[]): ConstructionSite => {
    const error = new Error('site');
    error.stack = ['Error: site', ...frames.map((frame) => `    at ${frame}`)].join('\n');
    return new ConstructionSite(error);
  };

  it.each([
    'apply (file:///app/node_modules/@cotangent/graph/dist/apply.js:1:1)',
    'jit (C:\\app\\node_modules\\cotangent\\dist\\index.js:1:1)',
    'exp (/repo/packages/ops/src/elementwise/exp.ts:1:1)',
  ])('leaves out the library frame %s', (frame) => {
    expect(siteWith(frame, 'model (/app/model.ts:1:1)').frames).toEqual([
      'model (/app/model.ts:1:1)',
    ]);
  });

  it('keeps the frames of other packages of a workspace', () => {
    const frame = 'model (/repo/packages/examples/src/model.ts:3:7)';
    expect(siteWith('apply (/repo/packages/graph/src/apply.ts:1:1)', frame).toString()).toBe(frame);
  });

  it('shows all frames if none is user code, and says when there is none', () => {
    const frame = 'apply (/repo/packages/graph/src/apply.ts:1:1)';
    expect(siteWith(frame).toString()).toBe(frame);
    expect(siteWith().toString()).toBe('<unknown>');
  });
});
