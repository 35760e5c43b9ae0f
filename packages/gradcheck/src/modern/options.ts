import type { Backend, Mode } from '@cotangent/compile';
import { ValueError } from '@cotangent/tensor';
import type { NumericMethod } from '../numeric/methods.ts';
import { numericMethods } from '../numeric/methods.ts';
import { checkOption, checkOptionNames, isNonNegative, isOneOf, isPositive } from '../options.ts';
import { rngOf } from '../rng.ts';
import type { Rng } from '../rng.ts';
import { defaultSeed } from '../verify-options.ts';
import type { TangentProjector } from './projectors.ts';
import { gradcheckIds } from './report.ts';
import type { GradcheckId } from './report.ts';

/** How much one point may cost. */
export interface GradcheckBudget {
  /** Evaluations of the function for a whole Jacobian; above it projections are used. Default 20000. */
  readonly evals?: number | undefined;
  /** Milliseconds; what does not fit is listed as skipped. Default none, so that results do not depend on load. */
  readonly ms?: number | undefined;
  /** Entries of the Jacobian that are compared one by one; above it by draws. Default 4096. */
  readonly jacobianEntries?: number | undefined;
}

/** Options of `gradcheck`, `assertGradcheck` and `gradcheckRule`. */
export interface GradcheckOptions {
  /** Inputs to differentiate by; default all of floating dtype. */
  readonly wrt?: readonly number[] | undefined;
  /** Outputs to look at; default all of floating dtype. */
  readonly outputs?: readonly number[] | undefined;
  /** Names of the inputs in messages. */
  readonly names?: readonly string[] | undefined;
  /** 2 checks derivatives of the gradient too, 3 their derivatives; default 1. */
  readonly order?: 1 | 2 | 3 | undefined;
  /** Which modes are compared with differences; default those that exist. */
  readonly modes?: ReadonlyArray<'rev' | 'fwd'> | undefined;
  /** Default `'auto'`, the ladder. */
  readonly method?: NumericMethod | undefined;
  /** Single checks on or off; `'structural'`: only those that need no differences. */
  readonly checks?: Partial<Record<GradcheckId, boolean>> | 'all' | 'structural' | undefined;
  /** Relative error that the function's values are known to have: an iteration that stops early. */
  readonly functionError?: number | undefined;
  /** Why the rule differs from the derivative on purpose: values are then not compared. */
  readonly surrogate?: string | undefined;
  /** Multiple of a bound that is allowed; default 8. */
  readonly safety?: number | undefined;
  /** Relative uncertainty above which differences prove nothing; default 1e-2. */
  readonly minResolution?: number | undefined;
  /** Default `'subgradient'`: pass between the slopes to both sides. */
  readonly atKinks?: 'subgradient' | 'resample' | 'skip' | 'fail' | undefined;
  /** Signed random cotangents and tangents; default 3. */
  readonly projections?: number | undefined;
  /** `'same'` takes differences in the dtype of the point instead of float64. */
  readonly numericDtype?: 'float64' | 'same' | undefined;
  /** `'transpose'`: gradients of complex inputs are conjugates of those of steepest ascent. */
  readonly complexConvention?: 'adjoint' | 'transpose' | undefined;
  /** Tangent space of each input that is not free. */
  readonly tangents?: ReadonlyArray<TangentProjector | undefined> | undefined;
  /** Relative difference allowed between two identical calls; default 0. */
  readonly nondetTol?: number | { readonly value: number; readonly reason: string } | undefined;
  /** Modes of compilation whose gradients must agree with the first of them. */
  readonly compileModes?: readonly Mode[] | undefined;
  /** What runs graphs in modes `'fast'` and `'debug'`; default the reference executor. */
  readonly backend?: Backend | undefined;
  readonly budget?: GradcheckBudget | undefined;
  /** Of all random numbers; default 0x5eed. */
  readonly seed?: number | string | undefined;
  /** Draws instead of the streams of the seed; such a run cannot be replayed. */
  readonly rng?: Rng | undefined;
  /** What `assertGradcheck` does where nothing could be proved; default `'throw'`. */
  readonly onInconclusive?: 'throw' | 'warn' | 'ignore' | undefined;
  /** Told of what is inconclusive under `onInconclusive: 'warn'`; default `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The options with every default filled in. */
export interface GradcheckSettings {
  readonly options: GradcheckOptions;
  readonly order: 1 | 2 | 3;
  readonly method: NumericMethod;
  readonly functionError: number;
  readonly safety: number;
  readonly minResolution: number;
  readonly atKinks: 'subgradient' | 'resample' | 'skip' | 'fail';
  readonly projections: number;
  readonly conjugates: boolean;
  readonly nondetTol: number;
  readonly budget: Required<{ [K in keyof GradcheckBudget]: number }>;
  readonly seed: number | string;
  /** Whether a check is to run. */
  readonly wants: (id: GradcheckId) => boolean;
  readonly hasMode: (mode: 'rev' | 'fwd') => boolean;
  /** A stream of its own for every purpose. */
  readonly stream: (...keys: readonly (string | number)[]) => Rng;
}

const names = [
  'wrt',
  'outputs',
  'names',
  'order',
  'modes',
  'method',
  'checks',
  'functionError',
  'surrogate',
  'safety',
  'minResolution',
  'atKinks',
  'projections',
  'numericDtype',
  'complexConvention',
  'tangents',
  'nondetTol',
  'compileModes',
  'backend',
  'budget',
  'seed',
  'rng',
  'onInconclusive',
  'onWarning',
] as const;

/** Checks that compare with differences; the others are structural. */
const numericIds: readonly GradcheckId[] = [
  'vjp.value',
  'jvp.value',
  'kink.subgradient',
  'grad.precision',
  'order2.difference',
  'order2.symmetry',
  'order2.modes',
  'taylor.slope',
];

/** Checks that a rule which differs on purpose cannot pass. */
const valueIds: readonly GradcheckId[] = [
  'vjp.value',
  'jvp.value',
  'kink.subgradient',
  'taylor.slope',
  'order2.difference',
  'connection.pattern',
];

/** @throws ValueError `GRADCHECK_UNKNOWN_OPTION`, `GRADCHECK_INVALID_OPTION`. */
export function gradcheckSettings(caller: string, options: GradcheckOptions): GradcheckSettings {
  checkOptionNames(caller, options, names);
  validate(caller, options);
  const { budget = {}, rng, seed = defaultSeed, nondetTol = 0 } = options;
  return {
    options,
    order: options.order ?? 1,
    method: options.method ?? 'auto',
    functionError: options.functionError ?? 0,
    safety: options.safety ?? 8,
    minResolution: options.minResolution ?? 1e-2,
    atKinks: options.atKinks ?? 'subgradient',
    projections: options.projections ?? 3,
    conjugates: options.complexConvention === 'transpose',
    nondetTol: typeof nondetTol === 'number' ? nondetTol : nondetTol.value,
    budget: {
      evals: budget.evals ?? 20000,
      ms: budget.ms ?? Infinity,
      jacobianEntries: budget.jacobianEntries ?? 4096,
    },
    seed,
    wants: (id) => isWanted(id, options),
    hasMode: (mode) => options.modes === undefined || options.modes.includes(mode),
    stream: (...keys) => rng ?? rngOf(seed, ...keys),
  };
}

function isWanted(id: GradcheckId, { checks, surrogate }: GradcheckOptions): boolean {
  if (surrogate !== undefined && valueIds.includes(id)) return false;
  if (checks === undefined || checks === 'all') return true;
  if (checks === 'structural') return !numericIds.includes(id);
  return checks[id] !== false;
}

function validate(caller: string, options: GradcheckOptions): void {
  const check = (option: keyof GradcheckOptions, isValid: boolean, allowed: string): void =>
    checkOption(caller, option, options[option], isValid, allowed);
  const oneOf = (option: keyof GradcheckOptions, allowed: readonly unknown[]): void =>
    check(option, isOneOf(options[option], allowed), `one of ${allowed.join(', ')}`);
  const positions = 'an array of whole numbers ≥ 0';
  check('wrt', isPositions(options.wrt), positions);
  check('outputs', isPositions(options.outputs), positions);
  check('names', Array.isArray(options.names), 'an array of names');
  oneOf('order', [1, 2, 3]);
  check('modes', isListOf(options.modes, ['rev', 'fwd']), "a non-empty array of 'rev' and 'fwd'");
  oneOf('method', numericMethods);
  validateChecks(caller, options.checks);
  check('functionError', isNonNegative(options.functionError), 'a finite number ≥ 0');
  check('surrogate', typeof options.surrogate === 'string' && options.surrogate !== '', 'a reason');
  check('safety', isPositive(options.safety), 'a finite number above 0');
  check('minResolution', isPositive(options.minResolution), 'a finite number above 0');
  oneOf('atKinks', ['subgradient', 'resample', 'skip', 'fail']);
  check(
    'projections',
    Number.isInteger(options.projections) && (options.projections ?? 0) > 0,
    'a whole number ≥ 1',
  );
  oneOf('numericDtype', ['float64', 'same']);
  oneOf('complexConvention', ['adjoint', 'transpose']);
  check('tangents', Array.isArray(options.tangents), 'an array with an entry per input');
  validateNondetTol(caller, options.nondetTol);
  check(
    'compileModes',
    isListOf(options.compileModes, ['fast', 'reference', 'debug']),
    "a non-empty array of 'fast', 'reference', 'debug'",
  );
  check('backend', isBackend(options.backend), 'an object with a name and a method prepare');
  validateBudget(caller, options.budget);
  check(
    'seed',
    typeof options.seed === 'string' || Number.isFinite(options.seed),
    'a finite number or a string',
  );
  check('rng', typeof options.rng === 'function', 'a function');
  oneOf('onInconclusive', ['throw', 'warn', 'ignore']);
  check('onWarning', typeof options.onWarning === 'function', 'a function');
}

function isBackend(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'prepare' in value &&
    typeof value.prepare === 'function'
  );
}

function isPositions(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((at: unknown) => Number.isInteger(at) && Number(at) >= 0)
  );
}

function isListOf(value: unknown, allowed: readonly string[]): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((entry) => allowed.includes(entry))
  );
}

function validateChecks(caller: string, checks: GradcheckOptions['checks']): void {
  if (typeof checks === 'object' && checks !== null) {
    const unknown = Object.keys(checks).find((id) => !gradcheckIds.some((known) => known === id));
    if (unknown === undefined) return;
    throw new ValueError(`${caller}: there is no check ${JSON.stringify(unknown)}`, {
      code: 'GRADCHECK_UNKNOWN_CHECK',
      hint: `known are ${gradcheckIds.join(', ')}`,
      data: { check: unknown },
    });
  }
  checkOption(
    caller,
    'checks',
    checks,
    isOneOf(checks, ['all', 'structural']),
    "'all', 'structural', or an object",
  );
}

function validateNondetTol(caller: string, tol: GradcheckOptions['nondetTol']): void {
  const value = typeof tol === 'object' ? tol.value : tol;
  const hasReason =
    typeof tol !== 'object' || (typeof tol.reason === 'string' && tol.reason !== '');
  checkOption(
    caller,
    'nondetTol',
    tol,
    isNonNegative(value) && hasReason,
    'a number ≥ 0, or one with a reason',
  );
}

function validateBudget(caller: string, budget: GradcheckBudget | undefined): void {
  if (budget === undefined) return;
  checkOption(caller, 'budget', budget, typeof budget === 'object' && budget !== null, 'an object');
  checkOptionNames(caller, budget, ['evals', 'ms', 'jacobianEntries']);
  for (const [name, value] of Object.entries(budget)) {
    checkOption(
      caller,
      `budget.${name}`,
      value,
      typeof value === 'number' && value > 0,
      'a number above 0',
    );
  }
}
