import { describe, expect, it } from '@jest/globals';
import * as ops from '@cotangent/ops';
import type { Op } from '@cotangent/graph';
import { describeContract } from './contract.ts';

/** Functions of the package that build an op, and the records they build, by the name of the function. */
const carriers = Object.entries<unknown>(ops).filter(
  (entry): entry is [string, { readonly op: Op }] =>
    typeof entry[1] === 'function' && 'op' in entry[1] && typeof entry[1].op === 'object',
);

describe('the list of records that the contract runs over', () => {
  it('has the record of every function', () => {
    const known = new Set<Op>(ops.standardOps);
    expect(carriers.filter(([, { op }]) => !known.has(op)).map(([name]) => name)).toEqual([]);
  });
});

describeContract(1, 2);
