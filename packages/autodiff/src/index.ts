export { warnOnConsole } from './call.ts';
export type { WarningCode, WarningSink } from './call.ts';
export { considerConstant } from './consider-constant.ts';
export { DisconnectedInputError, NullTypeGradError } from './errors.ts';
export type { DisconnectedReason } from './errors.ts';
export { grad } from './grad.ts';
export type { GradOptions } from './grad.ts';
export { gradNotImplemented, gradUndefined } from './null-grads.ts';
export { Lop, Rop, pullback, pushforward, pushforwardThroughPullback } from './products.ts';
export type { PullbackOptions, PushforwardOptions } from './products.ts';
export { formatAs } from './options.ts';
export type {
  MaybeAbsent,
  Mirror,
  OnDisconnected,
  OnNull,
  Plain,
  ReturnDisconnected,
  SharedOptions,
} from './options.ts';
export { hessian, hessianVectorProduct } from './hessian.ts';
export type { HessianOptions, HessianResult, HessianVectorProductOptions } from './hessian.ts';
export { jacobian } from './jacobian.ts';
export type { JacobianOptions, JacobianStrategy } from './jacobian.ts';
export { vectorize } from './vectorize.ts';
export { disconnectedGrad, gradClip, gradScale, undefinedGrad, zeroGrad } from '@cotangent/ops';
export { gradSourcesInputs, subgraphGrad } from './subgraph.ts';
export type { SubgraphDetails, SubgraphStart } from './subgraph.ts';
export { explain } from './explain.ts';
export type { ExplainOptions } from './explain.ts';
