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
  bernoulliDraw: [
    { check: 'samples.present', reason: 'a draw has no derivative by its probability' },
  ],
  bernoulliThrough: [{ check: 'samples.present', reason: surrogate }],
  gradClip: [{ check: 'samples.present', reason: surrogate }],
  gradScale: [{ check: 'samples.present', reason: surrogate }],
  undefinedGrad: [{ check: 'samples.present', reason: surrogate }],
  zeroGrad: [
    { check: 'vjp.value', reason: surrogate },
    { check: 'jvp.value', reason: surrogate },
  ],
};

/** Functions of the package that build an op, and the records they build, by the name of the function. */
const carriers = Object.entries<unknown>(ops).filter(
  (entry): entry is [string, { readonly op: Op }] =>
    typeof entry[1] === 'function' && 'op' in entry[1] && typeof entry[1].op === 'object',
);

describe('every op', () => {
  it('is in the list of records that the contract runs over', () => {
    const known = new Set<Op>(ops.standardOps);
    expect(carriers.filter(([, { op }]) => !known.has(op)).map(([name]) => name)).toEqual([]);
    const names = new Set(ops.standardOps.map(({ name }) => name));
    expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([]);
  });

  for (const op of ops.standardOps) {
    it(`${op.name} keeps its contract`, () => {
      expect(op.samples ?? []).not.toEqual([]);
      expect(assertOp(op, undefined, { skip: exceptions[op.name] }).verdict).toBe('pass');
    });
  }
});
