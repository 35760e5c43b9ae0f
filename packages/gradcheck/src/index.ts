export { OpContractError, assertOp, checkOp } from './check-op.ts';
export type { CheckOpOptions, OpCarrier } from './check-op.ts';
export { GradientError } from './gradient-error.ts';
export type {
  GradientErrorInfo,
  GradientErrorQuantity,
  GradientErrorReason,
  GradientMismatch,
} from './gradient-error.ts';
export { NumericGrad, numericGrad, numericGrad as numeric_grad } from './numeric-grad.ts';
export type {
  Differences,
  ErrorPair,
  NumericGradOptions,
  ScalarFunctionOf,
  WorstElement,
} from './numeric-grad.ts';
export type { CheckId, CheckResult, OpReport, SkippedCheck } from './op/report.ts';
export type { Packed, Point, SinglePoint } from './points.ts';
export { rngOf } from './rng.ts';
export type { Rng } from './rng.ts';
export { verifyGrad, verifyGrad as verify_grad } from './verify-grad.ts';
export type { VerifyGrad } from './verify-grad.ts';
export type { Compat } from './verify-compat.ts';
export type { VerifyGradOptions, VerifyOptions } from './verify-options.ts';
export type { SymbolicFunction } from './verify-problem.ts';
export { verifyPushforward } from './verify-pushforward.ts';
export { GradcheckError } from './modern/error.ts';
export { assertGradcheck, gradcheck, gradcheckRule } from './modern/gradcheck.ts';
export type { NamedPoint, PointSet } from './modern/gradcheck.ts';
export { numericJacobian, numericJvp } from './modern/jacobian.ts';
export type {
  NumericDerivativeOptions,
  NumericJacobianResult,
  NumericJvpResult,
} from './modern/jacobian.ts';
export type { GradcheckBudget, GradcheckOptions } from './modern/options.ts';
export {
  hermitian,
  lowerTriangular,
  simplex,
  sparsity,
  symmetric,
  unitNorm,
  upperTriangular,
} from './modern/projectors.ts';
export type { TangentProjector } from './modern/projectors.ts';
export { gradcheckIds } from './modern/report.ts';
export type {
  GradcheckId,
  GradcheckReport,
  GradcheckResult,
  GradcheckStats,
  Hint,
  Mismatch,
  ResultFlag,
  SkippedItem,
  TextOptions,
  Verdict,
} from './modern/report.ts';
export type { NumericRule, RulePullback, RuleTerm, RuleTerms, RuleValues } from './modern/rule.ts';
export type { NumericMethod } from './numeric/methods.ts';
export type { Direction } from './numeric/estimate.ts';
export type { MutationOperator } from './mutate/edit.ts';
export { mutantsOf } from './mutate/mutants.ts';
export { mutationScore } from './mutate/score.ts';
export type { MutantResult, MutationOptions, MutationReport, RuleMutant } from './mutate/types.ts';
export type { GradcheckConfig } from './cli/config.ts';
export { replayGradcheck, replayOp } from './replay.ts';
export type { ReplayOpOptions } from './replay.ts';
export { parseReplay } from './replay-token.ts';
export type { ReplayTarget } from './replay-token.ts';
export type {
  OpResult,
  RunCounts,
  RunReport,
  SuiteCheck,
  SuiteCheckId,
  SuiteMutation,
} from './suite/result.ts';
export { defineOpSamples } from './suite/suite.ts';
export type { OpSuite, SuiteSkip } from './suite/suite.ts';
