import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Backend } from '@cotangent/compile';
import { standardOps } from '@cotangent/ops';
import { checkOp } from '../src/check-op.ts';
import type { SuiteSkip } from '../src/suite/suite.ts';

/** Failures that are meant, with their reasons: the configuration of the `gradcheck` command, which sees that they occur. */
const { skip }: { readonly skip: Readonly<Record<string, readonly SuiteSkip[]>> } = JSON.parse(
  readFileSync(new URL('../../ops/gradcheck.config.json', import.meta.url), 'utf8'),
);

/** Tests that every op keeps its contract: one part of `of`, so that the parts run side by side. */
export function describeContract(part: number, of: number, backend?: Backend): void {
  describe(`every op, ${part} of ${of}${backend === undefined ? '' : ', in mode fast'}`, () => {
    for (const op of standardOps.filter((_, k) => k % of === part - 1)) {
      it(`${op.name} keeps its contract`, () => {
        expect(op.samples ?? []).not.toEqual([]);
        const meant = new Set<string>((skip[op.name] ?? []).map(({ check }) => check));
        const { checks } = checkOp(op, undefined, { backend });
        expect(checks.filter((c) => c.verdict === 'fail' && !meant.has(c.id))).toEqual([]);
      });
    }
  });
}
