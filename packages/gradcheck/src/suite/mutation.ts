import { mutationScore } from '../mutate/score.ts';
import { checkIds } from '../op/report.ts';
import type { SkippedCheck } from '../op/report.ts';
import type { SuiteOptions } from './check-suite.ts';
import type { SuiteMutation } from './result.ts';
import type { ResolvedSuite, SuiteSkip } from './suite.ts';

/** The mutation score of a suite: how many wrong versions of the op's rules its samples notice. */
export function mutationOf(suite: ResolvedSuite, { seed, order }: SuiteOptions): SuiteMutation {
  const { killed, survived, equivalent, score, mutants } = mutationScore(
    suite.record,
    suite.samples,
    { seed, order: order === 1 ? 1 : 2, skip: (suite.skip ?? []).flatMap(contractSkip) },
  );
  const survivors = mutants
    .filter(({ verdict }) => verdict === 'survived')
    .map(({ description, differsAt }) =>
      differsAt === undefined ? description : `${description}; differs at ${differsAt}`,
    );
  return { killed, survived, equivalent, ...(score !== undefined && { score }), survivors };
}

/** A skip as the contract understands it: only checks of the contract are run on mutants. */
function contractSkip({ check, sample, reason }: SuiteSkip): readonly SkippedCheck[] {
  const id = checkIds.find((known) => known === check);
  if (id === undefined) return [];
  return [{ check: id, reason, ...(sample !== undefined && { sample }) }];
}
