import { ArgumentTypeError } from '@cotangent/tensor';
import type { Op, OpSample } from '@cotangent/graph';
import { isOp, opOf } from '../check-op.ts';
import type { OpCarrier } from '../check-op.ts';
import type { SuiteCheckId } from './result.ts';

/** A failure that is expected, and why. It must occur: one that does not is itself a failure. */
export interface SuiteSkip {
  readonly check: SuiteCheckId;
  /** Only at this sample: its name, or `#` and its position; default: at all. */
  readonly sample?: string | undefined;
  readonly reason: string;
}

/** An op with everything that the checks of it need besides its record. */
export interface OpSuite {
  readonly op: OpCarrier;
  /** Default: those of the op's record. */
  readonly samples?: readonly OpSample[] | undefined;
  readonly skip?: readonly SuiteSkip[] | undefined;
  /** Relative error that the op's values are known to have. */
  readonly functionError?: number | undefined;
  /** Relative difference allowed between two identical calls, and why there is one. */
  readonly nondetTol?: { readonly value: number; readonly reason: string } | undefined;
}

/**
 * Op suites for the `gradcheck` command: the default export of a module `*.gradcheck.js`.
 *
 * @returns the suites as they are, checked.
 * @throws ArgumentTypeError `GRADCHECK_NOT_AN_OP`, `GRADCHECK_SUITE_LIST`.
 * @example
 * ```ts
 * import { defineOpSamples } from '@cotangent/gradcheck';
 * import { tanh } from '@cotangent/ops';
 * export default defineOpSamples([{ op: tanh, samples: [{ name: 'matrix', inputs: [[[0.5, -1, 2]]] }] }]);
 * ```
 */
export function defineOpSamples(suites: readonly OpSuite[]): readonly OpSuite[] {
  if (!Array.isArray(suites)) {
    throw new ArgumentTypeError('defineOpSamples: the suites are not an array', {
      code: 'GRADCHECK_SUITE_LIST',
      hint: 'write defineOpSamples([{ op, samples: […] }])',
    });
  }
  for (const suite of suites) opOf(suite.op);
  return suites;
}

/** A suite together with the record it is about. */
export interface ResolvedSuite extends OpSuite {
  readonly record: Op;
}

/** Every suite in a value that a module exports: a record, what carries one, a suite, or an array of these. */
export function suitesIn(value: unknown): readonly ResolvedSuite[] {
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => suitesIn(entry));
  if (isOp(value)) return [{ op: value, record: value }];
  const inner = opField(value);
  const record = isOp(inner) ? inner : opField(inner);
  if (!isOp(record)) return [];
  // A function carries its record and nothing else; an object may be a suite.
  return [
    typeof value === 'function' ? { op: record, record } : { ...Object(value), op: record, record },
  ];
}

function opField(value: unknown): unknown {
  const hasFields = typeof value === 'function' || (typeof value === 'object' && value !== null);
  return hasFields && 'op' in value ? value.op : undefined;
}
