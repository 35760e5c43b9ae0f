import { describe, expect, it } from '@jest/globals';
import * as ops from '@cotangent/ops';
import type { Op } from '@cotangent/graph';
import { assertOp } from '../src/check-op.ts';
import type { SkippedCheck } from '../src/op/report.ts';

/** Ops whose derivative differs from that of their values on purpose. */
const surrogate = 'an identity of values that exists to have another derivative';
const exceptions: Readonly<Record<string, readonly SkippedCheck[]>> = {
  disconnectedGrad: [
    { check: 'connection.pattern', reason: surrogate },
    { check: 'vjp.value', reason: surrogate },
    { check: 'jvp.value', reason: surrogate },
  ],
  gradClip: [{ check: 'samples.present', reason: surrogate }],
  gradScale: [{ check: 'samples.present', reason: surrogate }],
  undefinedGrad: [{ check: 'samples.present', reason: surrogate }],
  zeroGrad: [
    { check: 'vjp.value', reason: surrogate },
    { check: 'jvp.value', reason: surrogate },
  ],
};

/** Everything public that builds an op, by the name it has there. */
const carriers = Object.entries<unknown>(ops).filter(
  (entry): entry is [string, { readonly op: Op }] =>
    typeof entry[1] === 'function' && 'op' in entry[1] && typeof entry[1].op === 'object',
);

describe('every public op', () => {
  it('is found', () => {
    expect(carriers.length).toBeGreaterThan(0);
    const unknown = Object.keys(exceptions).filter((name) => !(name in ops));
    expect(unknown).toEqual([]);
  });

  for (const [name, { op }] of carriers) {
    it(`${name} keeps its contract`, () => {
      expect(op.samples ?? []).not.toEqual([]);
      expect(assertOp(op, undefined, { skip: exceptions[name] }).verdict).toBe('pass');
    });
  }
});
