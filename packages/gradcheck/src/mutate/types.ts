import type { Op } from '@cotangent/graph';
import type { CheckId, SkippedCheck } from '../op/report.ts';
import type { MutationOperator } from './edit.ts';

/** Options of `mutantsOf` and `mutationScore`. */
export interface MutationOptions {
  /** Chooses mutants where there are more than `budget`; of all random numbers. Default 0x5eed. */
  readonly seed?: number | undefined;
  /** At most so many mutants; default 100. */
  readonly budget?: number | undefined;
  /** Checks that the op itself fails on purpose, as for `checkOp`. */
  readonly skip?: readonly SkippedCheck[] | undefined;
  /** 1 leaves out derivatives of the gradient, and mutants that only they show; default 2. */
  readonly order?: 1 | 2 | undefined;
}

/** A wrong version of an op. */
export interface RuleMutant {
  /** Stable name: which rule, which derivative, what is done to which node of it. */
  readonly id: string;
  readonly operator: MutationOperator;
  /** What is changed, in words. */
  readonly description: string;
  /** The record with the changed rule. */
  readonly op: Op;
}

/** What became of a mutant. */
export interface MutantResult {
  readonly id: string;
  readonly operator: MutationOperator;
  readonly description: string;
  /** `equivalent`: the same derivatives as the op's own at many random points, so not wrong. */
  readonly verdict: 'killed' | 'survived' | 'equivalent';
  /** The first check that found it. */
  readonly by?: { readonly check: CheckId; readonly sample: string; readonly message: string };
  /** Where a survivor differs from the op: a point like which there is no sample. */
  readonly differsAt?: string;
}

/** How well the samples of an op tell its rules from wrong ones. */
export interface MutationReport {
  readonly schema: 'gradcheck-mutation/1';
  /** Name of the op. */
  readonly name: string;
  readonly seed: string;
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  /** killed / (killed + survived); `undefined` where there is nothing to change, as without a rule. */
  readonly score: number | undefined;
  readonly mutants: readonly MutantResult[];
  /** A line of counts, and one for each survivor. */
  toText(): string;
}
