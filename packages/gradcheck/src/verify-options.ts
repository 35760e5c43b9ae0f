import { ValueError } from '@cotangent/tensor';
import type { FloatDType } from '@cotangent/tensor';
import type { Mode } from '@cotangent/compile';
import type { Differences } from './numeric-grad.ts';
import { checkOption, checkOptionNames, isNonNegative, isOneOf, isPositive } from './options.ts';
import { rngOf } from './rng.ts';
import type { Rng } from './rng.ts';
import type { Compat } from './verify-compat.ts';

/** Options of `verifyPushforward`, and most of those of `verifyGrad`. */
export interface VerifyOptions {
  /** How many random projections; at least 1, default 2. */
  readonly nTests?: number | undefined;
  /** A seed (default 0x5eed), or a generator of uniform numbers in [0, 1). */
  readonly rng?: number | Rng | undefined;
  /** Step of the differences; default as in `NumericGrad`. */
  readonly eps?: number | undefined;
  /** Default: the largest over the dtypes of the point of 1e-4 (float64) and 1e-2 (float32). */
  readonly absTol?: number | undefined;
  /** Default as `absTol`. */
  readonly relTol?: number | undefined;
  /** Compilation mode of every function; default that of `compile`. */
  readonly mode?: Mode | undefined;
  /** Default `'forward'`, as in Theano; `'central'` is more accurate at twice the calls. */
  readonly differences?: Differences | undefined;
}

/** Options of `verifyGrad`. */
export interface VerifyGradOptions extends VerifyOptions {
  /** The projection of a float32 output is float32 instead of float64; default false. */
  readonly castToOutputType?: boolean | undefined;
  /** The cost behind the differences runs in mode `fast` even if `mode` is `debug`; default true. */
  readonly noDebugRef?: boolean | undefined;
  /** 2 verifies the gradient of the gradient as well; default 1. */
  readonly order?: 1 | 2 | undefined;
  /**
   * Behave as the original does at the edges: several outputs are refused, arguments without elements raise, an error
   * that is NaN or infinite is a ValueError, `nTests` below 1 verifies nothing and passes, and without `rng` Theano
   * raises while PyTensor draws at random. Default: as documented above.
   */
  readonly compat?: Compat | undefined;
  /**
   * `'modern'` routes to `gradcheck`: bounds instead of tolerances. Of the other options only `nTests`, `rng`, `mode`
   * and `order` go with it. Default `'compat'`.
   */
  readonly engine?: 'compat' | 'modern' | undefined;
}

/** The options with every default filled in. */
export interface Settings {
  readonly caller: string;
  readonly nTests: number;
  readonly rng: Rng;
  readonly seed: number | undefined;
  readonly eps: number | undefined;
  readonly absTol: number;
  readonly relTol: number;
  readonly mode: Mode | undefined;
  readonly costMode: Mode | undefined;
  readonly differences: Differences;
  readonly castToOutputType: boolean;
  readonly order: 1 | 2;
  readonly compat: Compat | undefined;
}

/** Seed where none is given: a run repeats itself unless told otherwise. */
export const defaultSeed = 0x5eed;

const tolerance: Readonly<Record<FloatDType, number>> = { float64: 1e-4, float32: 1e-2 };

const sharedNames = ['nTests', 'rng', 'eps', 'absTol', 'relTol', 'mode', 'differences'] as const;
const gradNames = [
  ...sharedNames,
  'castToOutputType',
  'noDebugRef',
  'order',
  'compat',
  'engine',
] as const;

/** @throws ValueError `GRADCHECK_UNKNOWN_OPTION`, `GRADCHECK_INVALID_OPTION`, `GRADCHECK_NO_TESTS`. */
export function settingsOf(
  caller: 'verifyGrad' | 'verifyPushforward',
  options: VerifyGradOptions,
  dtypes: readonly FloatDType[],
): Settings {
  checkOptionNames(caller, options, caller === 'verifyGrad' ? gradNames : sharedNames);
  checkValues(caller, options);
  const loosest = Math.max(tolerance.float64, ...dtypes.map((dtype) => tolerance[dtype]));
  const fallback = options.compat === 'pytensor' ? Math.random : defaultSeed;
  const { rng = fallback, mode, compat } = options;
  return {
    caller,
    nTests: options.nTests ?? 2,
    rng: typeof rng === 'function' ? rng : rngOf(rng, caller),
    seed: typeof rng === 'function' ? undefined : rng,
    eps: options.eps,
    absTol: options.absTol ?? loosest,
    relTol: options.relTol ?? loosest,
    mode,
    costMode: mode === 'debug' && options.noDebugRef !== false ? 'fast' : mode,
    differences: options.differences ?? 'forward',
    castToOutputType: options.castToOutputType ?? false,
    order: options.order ?? 1,
    compat,
  };
}

function checkValues(caller: string, options: VerifyGradOptions): void {
  const check = (option: keyof VerifyGradOptions, isValid: boolean, allowed: string): void =>
    checkOption(caller, option, options[option], isValid, allowed);
  const { nTests = 2, rng } = options;
  check('nTests', Number.isInteger(nTests), 'a whole number ≥ 1');
  if (nTests < 1 && options.compat === undefined) {
    throw new ValueError(`${caller}: nTests is ${nTests}, so nothing would be verified`, {
      code: 'GRADCHECK_NO_TESTS',
      hint: 'it must be at least 1',
      data: { nTests },
    });
  }
  check('rng', typeof rng === 'function' || Number.isFinite(rng), 'a seed or a function');
  check('eps', isPositive(options.eps), 'a finite number above 0');
  check('absTol', isNonNegative(options.absTol), 'a finite number ≥ 0');
  check('relTol', isNonNegative(options.relTol), 'a finite number ≥ 0');
  check(
    'mode',
    isOneOf(options.mode, ['fast', 'reference', 'debug']),
    "'fast', 'reference', 'debug'",
  );
  check(
    'differences',
    isOneOf(options.differences, ['forward', 'central']),
    "'forward', 'central'",
  );
  check('castToOutputType', typeof options.castToOutputType === 'boolean', 'true or false');
  check('noDebugRef', typeof options.noDebugRef === 'boolean', 'true or false');
  check('order', isOneOf(options.order, [1, 2]), '1 or 2');
  check('compat', isOneOf(options.compat, ['theano', 'pytensor']), "'theano', 'pytensor'");
  const isRouted = options.engine === 'modern' && options.compat !== undefined;
  check('compat', !isRouted, "left out with engine: 'modern'");
  check('engine', isOneOf(options.engine, ['compat', 'modern']), "'compat', 'modern'");
}
