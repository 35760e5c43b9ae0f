import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as ops from '@cotangent/ops';
import type { Op } from '@cotangent/graph';
import { checkOp } from '../src/check-op.ts';
import type { SuiteSkip } from '../src/suite/suite.ts';

/** Failures that are meant, with their reasons: the configuration of the `gradcheck` command, which sees that they occur. */
const { skip }: { readonly skip: Readonly<Record<string, readonly SuiteSkip[]>> } = JSON.parse(
  readFileSync(new URL('../../ops/gradcheck.config.json', import.meta.url), 'utf8'),
);

/** Functions of the package that build an op, and the records they build, by the name of the function. */
const carriers = Object.entries<unknown>(ops).filter(
  (entry): entry is [string, { readonly op: Op }] =>
    typeof entry[1] === 'function' && 'op' in entry[1] && typeof entry[1].op === 'object',
);

describe('every op', () => {
  it('is in the list of records that the contract runs over', () => {
    const known = new Set<Op>(ops.standardOps);
    expect(carriers.filter(([, { op }]) => !known.has(op)).map(([name]) => name)).toEqual([]);
  });

  for (const op of ops.standardOps) {
    it(`${op.name} keeps its contract`, () => {
      expect(op.samples ?? []).not.toEqual([]);
      const meant = new Set<string>((skip[op.name] ?? []).map(({ check }) => check));
      const failures = checkOp(op).checks.filter((c) => c.verdict === 'fail' && !meant.has(c.id));
      expect(failures).toEqual([]);
    });
  }
});
