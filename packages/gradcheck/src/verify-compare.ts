import type { Tensor } from '@cotangent/tensor';
import { denseData } from '@cotangent/tensor';
import { GradientError } from './gradient-error.ts';
import type {
  GradientErrorQuantity,
  GradientErrorReason,
  GradientMismatch,
} from './gradient-error.ts';
import { NumericGrad, scoreOf } from './numeric-grad.ts';
import { indexOf } from './numbers.ts';
import { notFinite } from './verify-compat.ts';
import type { Settings } from './verify-options.ts';

/** Two derivatives of the same things, and what to call them. */
export interface Comparison {
  readonly quantity: GradientErrorQuantity;
  readonly order: 1 | 2;
  readonly analytic: readonly Tensor[];
  readonly numeric: readonly Tensor[];
  /** Names of what `analytic` and `numeric` belong to. */
  readonly names: readonly string[];
  /** Names of the inputs. */
  readonly args: readonly string[];
  readonly testNumber: number;
  readonly eps: number | undefined;
}

/** How many elements an error lists. */
const maxListed = 10;

/** @throws GradientError if an element is not finite, or both its errors exceed their tolerances. */
export function compareDerivatives(comparison: Comparison, settings: Settings): void {
  const elements = comparison.analytic.flatMap((_, arg) => elementsOf(comparison, arg));
  const broken = elements.filter((m) => !Number.isFinite(m.absErr) || !Number.isFinite(m.relErr));
  if (broken.length > 0 && settings.compat !== undefined)
    throw notFinite(broken[0]!.argName, broken[0]!.errPos);
  if (broken.length > 0) throw errorOf('non-finite', broken, elements.length, comparison, settings);
  const { absTol, relTol } = settings;
  const score = (m: GradientMismatch): number => scoreOf(m.absErr, m.relErr, absTol, relTol);
  const wrong = elements
    .filter((m) => m.absErr > absTol && m.relErr > relTol)
    .sort((a, b) => score(b) - score(a));
  if (wrong.length > 0) throw errorOf('mismatch', wrong, elements.length, comparison, settings);
}

function elementsOf(comparison: Comparison, arg: number): readonly GradientMismatch[] {
  const [a, b] = [comparison.analytic[arg]!, comparison.numeric[arg]!];
  const [absErr, relErr] = NumericGrad.absRelErr(a, b);
  const [analytic, numeric] = [denseData(a), denseData(b)];
  return Array.from(absErr.data, (abs, errPos) => ({
    arg,
    argName: comparison.names[arg] ?? String(arg),
    errPos,
    index: indexOf(errPos, a.shape),
    shape: a.shape,
    analytic: analytic[errPos]!,
    numeric: numeric[errPos]!,
    absErr: abs,
    relErr: relErr.data[errPos]!,
  }));
}

function errorOf(
  reason: GradientErrorReason,
  found: readonly GradientMismatch[],
  total: number,
  { quantity, order, args, testNumber, eps }: Comparison,
  { caller, absTol, relTol, nTests, seed, differences }: Settings,
): GradientError {
  const listed = found.slice(0, maxListed);
  return new GradientError({
    caller,
    reason,
    quantity,
    order,
    mismatches: [listed[0]!, ...listed.slice(1)],
    count: found.length,
    total,
    absTol,
    relTol,
    args,
    testNumber,
    nTests,
    seed,
    eps,
    differences,
  });
}
