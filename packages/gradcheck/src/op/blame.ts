import { CotangentError, DTypeError } from '@cotangent/tensor';

/** A check that the engine itself makes while it applies a rule. */
export type EngineCheckId = 'grad.shape' | 'grad.dtype' | 'grad.disconnected';

const byCode: ReadonlyMap<string, EngineCheckId> = new Map([
  ['OP_RULE_SHAPE', 'grad.shape'],
  ['OP_RULE_COUNT', 'grad.shape'],
  ['OP_RULE_NOT_ARRAY', 'grad.shape'],
  ['OP_RULE_DTYPE', 'grad.dtype'],
  ['OP_RULE_DISCRETE', 'grad.dtype'],
  ['OP_RULE_NOT_VARIABLE', 'grad.disconnected'],
  ['OP_RULE_NOT_CONNECTED', 'grad.disconnected'],
  ['OP_RULE_CONNECTED', 'grad.disconnected'],
]);

/** The check that an error of the engine belongs to, whichever check was under way. */
export function engineCheckOf(error: unknown): EngineCheckId | undefined {
  const hasCode = error instanceof CotangentError || error instanceof DTypeError;
  return hasCode ? byCode.get(error.code) : undefined;
}
