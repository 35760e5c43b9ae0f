import type { RuleEngine, Tangent, Variable } from '@cotangent/graph';
import type { ReverseRequest } from './reverse.ts';

/** Codes of the warnings that the engine gives. */
export type WarningCode =
  | 'GRAD_DISCONNECTED_INPUT'
  | 'GRAD_DISCRETE_COST'
  | 'GRAD_UNDECLARED_DISCONNECTION'
  | 'GRAD_DISCRETE_TERM'
  | 'GRAD_DEPRECATED';

/** Receives warnings in place of the console. */
export type WarningSink = (code: WarningCode, message: string, variable?: Variable) => void;

/** The default sink: `console.warn`. */
export const warnOnConsole: WarningSink = (code, message) => {
  console.warn(`${code}: ${message}`);
};

/** What every part of one call of the engine shares. */
export interface EngineCall {
  readonly engine: RuleEngine;
  /** Reverse mode, for the rules that are derived from an op's other rule. */
  readonly reverse: (request: ReverseRequest) => readonly Tangent[];
  readonly warn: WarningSink;
}
