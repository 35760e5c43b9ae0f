import { ArgumentTypeError, ValueError, tensorFrom } from '@cotangent/tensor';
import type { TensorLike } from '@cotangent/tensor';
import type { Op } from '@cotangent/graph';
import type { SymbolicFunction } from '../verify-problem.ts';
import { GradcheckError } from './error.ts';
import { graphSubject, symbolicFunction } from './graph.ts';
import { gradcheckSettings } from './options.ts';
import type { GradcheckOptions, GradcheckSettings } from './options.ts';
import { checkPoint } from './point-checks.ts';
import { Findings } from './report.ts';
import type { GradcheckReport } from './report.ts';
import { isArrayValue, ruleSubject } from './rule.ts';
import type { NumericRule } from './rule.ts';
import type { Subject } from './subject.ts';

/** A point with a name. */
export interface NamedPoint {
  readonly name?: string | undefined;
  readonly inputs: readonly TensorLike[];
}

/**
 * Where to check: one point (an array with one entry per input), several (an array of `{ name, inputs }`, or of arrays
 * that hold tensors or typed arrays), or anything that can be iterated over and yields points.
 */
export type PointSet =
  | readonly TensorLike[]
  | readonly (readonly TensorLike[])[]
  | readonly NamedPoint[]
  | Iterable<readonly TensorLike[] | NamedPoint>;

/**
 * Checks the derivatives of a function of variables, or of an op without attributes, at some points: structure of the
 * rules, both modes against differences with error bounds, adjointness, types, precision, second order on request.
 *
 * No tolerance is chosen: each difference comes with a bound on its error, and a rule is wrong if it is further away.
 * Where the differences cannot tell, the verdict is `inconclusive`; it is never called a pass.
 *
 * @param fn - returns one variable or an array of them.
 * @returns a report; `verdict` is the worst of its checks, `toText()` says what is wrong.
 * @throws ValueError `GRADCHECK_UNKNOWN_OPTION`, `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_CHECK`,
 *   `GRADCHECK_NO_POINT`; ArgumentTypeError `GRADCHECK_NOT_A_FUNCTION`, `GRADCHECK_POINT_LIST`.
 * @example
 * ```ts
 * import { gradcheck } from '@cotangent/gradcheck';
 * import { mul, tanh } from '@cotangent/ops';
 * gradcheck((x, y) => mul(tanh(x), y), [[0.5, -1, 2], [3, 0.25, -2]]).verdict; // 'pass'
 * ```
 */
export function gradcheck(
  fn: SymbolicFunction | Op,
  points: PointSet,
  options: GradcheckOptions = {},
): GradcheckReport {
  const settings = gradcheckSettings('gradcheck', options);
  const isOp = typeof fn === 'object' && fn !== null && 'infer' in fn;
  if (typeof fn !== 'function' && !isOp) {
    throw new ArgumentTypeError('gradcheck: the first argument is neither a function nor an op', {
      code: 'GRADCHECK_NOT_A_FUNCTION',
      hint: 'pass a function of variables; for plain numbers use gradcheckRule',
    });
  }
  refuseComplexStep(settings, undefined);
  const findings = new Findings();
  const name = fn.name === '' ? 'function' : fn.name;
  const onCompile = (): number => findings.count.compiles++;
  const { backend, compileModes } = options;
  const subject = graphSubject(symbolicFunction(fn), { name, compileModes, backend, onCompile });
  return run(subject, points, settings, findings);
}

/**
 * {@link gradcheck} for a function and rules in plain numbers, without any graph: for kernels written by hand, and for
 * the gradients of other libraries.
 *
 * @throws what {@link gradcheck} throws; ArgumentTypeError `GRADCHECK_NOT_A_RULE`; ValueError
 *   `GRADCHECK_METHOD_UNAVAILABLE` for `method: 'complex-step'` of a rule without `imaginaryPart`.
 * @example
 * ```ts
 * import { gradcheckRule } from '@cotangent/gradcheck';
 * const cube = { f: (x) => x.item() ** 3, vjp: ([x], [u]) => u.item() * 3 * x.item() ** 2 };
 * gradcheckRule(cube, [0.7]).verdict; // 'pass'
 * gradcheckRule({ ...cube, vjp: ([x], [u]) => u.item() * 3 * x.item() }, [0.7]).verdict; // 'fail'
 * ```
 */
export function gradcheckRule(
  rule: NumericRule,
  points: PointSet,
  options: GradcheckOptions = {},
): GradcheckReport {
  const settings = gradcheckSettings('gradcheckRule', options);
  const subject = ruleSubject(rule, settings.conjugates);
  refuseComplexStep(settings, subject.imaginaryPart);
  return run(subject, points, settings, new Findings());
}

/**
 * {@link gradcheck} for tests: throws unless everything passes.
 *
 * @throws GradcheckError with the report if the verdict is `fail`, `error` or `skipped`, and unless `onInconclusive`
 *   says otherwise also if it is `inconclusive`; and what {@link gradcheck} throws.
 * @example
 * ```ts
 * import { assertGradcheck } from '@cotangent/gradcheck';
 * import { square } from '@cotangent/ops';
 * assertGradcheck((x) => square(x), [[1, -2, 0.5]]);
 * ```
 */
export function assertGradcheck(
  fn: SymbolicFunction | Op | NumericRule,
  points: PointSet,
  options: GradcheckOptions = {},
): GradcheckReport {
  const report = isRule(fn) ? gradcheckRule(fn, points, options) : gradcheck(fn, points, options);
  const { onInconclusive = 'throw', onWarning = console.warn } = options;
  if (report.verdict === 'pass') return report;
  if (report.verdict === 'inconclusive' && onInconclusive !== 'throw') {
    if (onInconclusive === 'warn') onWarning(report.toText());
    return report;
  }
  throw new GradcheckError(report);
}

function isRule(fn: SymbolicFunction | Op | NumericRule): fn is NumericRule {
  return typeof fn === 'object' && fn !== null && 'vjp' in fn;
}

function refuseComplexStep({ method }: GradcheckSettings, imaginaryPart: unknown): void {
  if (method !== 'complex-step' || imaginaryPart !== undefined) return;
  throw new ValueError("gradcheck: method 'complex-step' needs the function at complex points", {
    code: 'GRADCHECK_METHOD_UNAVAILABLE',
    hint: 'graphs have no complex numbers; give gradcheckRule an `imaginaryPart`, or use the default method',
    data: { method },
  });
}

function run(
  subject: Subject,
  points: PointSet,
  settings: GradcheckSettings,
  findings: Findings,
): GradcheckReport {
  const started = performance.now();
  let count = 0;
  for (const point of pointsOf(points)) {
    const sample = point.name ?? `#${count}`;
    const inputs = point.inputs.map((x) => tensorFrom(x));
    checkPoint({ subject, settings, findings, sample, inputs });
    count++;
  }
  if (count === 0) {
    throw new ValueError(`${subject.name}: there are no points, so nothing would be checked`, {
      code: 'GRADCHECK_NO_POINT',
      hint: 'pass at least one point: an array with one entry per input',
    });
  }
  return findings.report(subject.name, settings.seed, performance.now() - started);
}

function* pointsOf(points: PointSet): Generator<NamedPoint> {
  const given: unknown = points;
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given)) {
    throw new ArgumentTypeError(`gradcheck: the points are of type ${typeof given}, not an array`, {
      code: 'GRADCHECK_POINT_LIST',
      hint: 'pass an array with one entry per input: [x]',
    });
  }
  if (Array.isArray(points) && points.length > 0 && !points.every(isPoint)) {
    yield { inputs: points };
    return;
  }
  for (const point of points) yield namedPoint(point);
}

/** Whether an entry is a point by itself: named, or an array that holds tensors or typed arrays. */
function isPoint(entry: unknown): boolean {
  if (Array.isArray(entry)) return entry.some(isArrayValue);
  return isNamed(entry);
}

function isNamed(entry: unknown): entry is NamedPoint {
  return (
    typeof entry === 'object' && entry !== null && 'inputs' in entry && Array.isArray(entry.inputs)
  );
}

function namedPoint(point: unknown): NamedPoint {
  if (isNamed(point)) return point;
  if (Array.isArray(point)) return { inputs: point };
  throw new ArgumentTypeError('gradcheck: a point is not an array with one entry per input', {
    code: 'GRADCHECK_POINT_LIST',
    hint: 'pass [x, y] or { name, inputs: [x, y] }',
  });
}
