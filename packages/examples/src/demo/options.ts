import { parseArgs } from 'node:util';
import { ValueError, type FloatDType } from 'cotangent';

/** What to train. */
export type ModelChoice = 'logistic' | 'network' | 'both';

/** The demo's settings. */
export interface DemoOptions {
  readonly model: ModelChoice;
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images per step. */
  readonly batch: number;
  /** Step size of the optimiser. */
  readonly learningRate: number;
  /** How many of the training images to use; undefined for all. */
  readonly trainLimit: number | undefined;
  readonly seed: number;
  readonly dtype: FloatDType;
  /** How compiled functions run: WebAssembly, or each op's own evaluation in plain JavaScript. */
  readonly mode: 'fast' | 'reference';
  /** Folder for the pictures. */
  readonly out: string;
  /** Print results only. */
  readonly quiet: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly options: DemoOptions };

/** A command line that makes no sense; the message names the flag. */
export class UsageError extends ValueError {
  override get name(): string {
    return 'UsageError';
  }
}

/** The text for `--help`. */
export const usage: string = `Trains two models of handwritten digits with gradients that the library derives.

Usage: npm run demo -- [options]

  --model NAME          logistic, network or both (default: both)
  --epochs N            passes over the training images, 1 to 1000 (default: 12)
  --batch N             images per step, 1 to 60000 (default: 500)
  --learning-rate X     step size of the optimiser, above 0 and at most 10 (default: 0.005)
  --train-limit N       train on the first N images only, 1 to 60000 (default: all)
  --seed N              seed of everything random, 0 to 4294967295 (default: 1)
  --dtype NAME          float32 or float64 (default: float32)
  --mode NAME           fast (WebAssembly) or reference (plain JavaScript) (default: fast)
  --out DIR             folder for the pictures (default: reports/demo)
  -q, --quiet           print results only
  -h, --help            print this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`;

const valued = { type: 'string' } as const;
const flags = {
  model: valued,
  epochs: valued,
  batch: valued,
  'learning-rate': valued,
  'train-limit': valued,
  seed: valued,
  dtype: valued,
  mode: valued,
  out: valued,
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line.
 *
 * @throws UsageError `USAGE_UNKNOWN_FLAG`, `USAGE_VALUE_MISSING`, `USAGE_VALUE_UNWANTED`, `USAGE_VALUE_INVALID` with the
 *   flag in `data.flag`; `USAGE_ARGUMENT` for anything that is not a flag.
 * @example
 * parseCommand(['--model', 'logistic', '--epochs=2']);
 */
export function parseCommand(args: readonly string[]): Command {
  const given = readFlags(args);
  if (given.has('help')) return { kind: 'help' };
  const options: DemoOptions = {
    model: choice(given, 'model', ['logistic', 'network', 'both']) ?? 'both',
    epochs: wholeNumber(given, 'epochs', 1, 1000) ?? 12,
    batch: wholeNumber(given, 'batch', 1, 60_000) ?? 500,
    learningRate: positiveNumber(given, 'learning-rate', 10) ?? 0.005,
    trainLimit: wholeNumber(given, 'train-limit', 1, 60_000),
    seed: wholeNumber(given, 'seed', 0, 2 ** 32 - 1) ?? 1,
    dtype: choice(given, 'dtype', ['float32', 'float64']) ?? 'float32',
    mode: choice(given, 'mode', ['fast', 'reference']) ?? 'fast',
    out: given.get('out') ?? 'reports/demo',
    quiet: given.has('quiet'),
  };
  return { kind: 'run', options };
}

/** The texts given for the flags; a flag without a value has the empty text. The last one wins. */
type Given = ReadonlyMap<string, string>;

function readFlags(args: readonly string[]): Given {
  // Strict parsing would raise errors of its own; the tokens allow ones that name the flag and the remedy.
  const { tokens } = parseArgs({ args, options: flags, strict: false, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(`unexpected argument ${JSON.stringify(token.value)}`, {
        code: 'USAGE_ARGUMENT',
        hint: 'settings are given by flags, see --help',
        data: { argument: token.value },
      });
    }
    if (token.kind !== 'option') continue;
    // What follows a flag is its value even if it is a flag itself: then the value was forgotten.
    const isForgotten = token.inlineValue === false && token.value.startsWith('--');
    checkPresence(token.name, token.rawName, isForgotten ? undefined : token.value);
    given.set(token.name, token.value ?? '');
  }
  return given;
}

function checkPresence(name: string, flag: string, value: string | undefined): void {
  if (!isFlag(name)) {
    throw new UsageError(`unknown flag ${flag}`, {
      code: 'USAGE_UNKNOWN_FLAG',
      hint: '--help lists the flags',
      data: { flag },
    });
  }
  const needsValue = flags[name].type === 'string';
  if (needsValue && (value ?? '') === '') {
    throw new UsageError(`${flag} needs a value`, {
      code: 'USAGE_VALUE_MISSING',
      hint: `write ${flag} VALUE or ${flag}=VALUE`,
      data: { flag },
    });
  }
  if (!needsValue && value !== undefined) {
    throw new UsageError(`${flag} takes no value`, {
      code: 'USAGE_VALUE_UNWANTED',
      hint: `write ${flag} alone`,
      data: { flag, value },
    });
  }
}

function isFlag(name: string): name is keyof typeof flags {
  return Object.hasOwn(flags, name);
}

function choice<T extends string>(
  given: Given,
  name: keyof typeof flags,
  allowed: readonly T[],
): T | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw invalid(name, text, `one of ${allowed.join(', ')}`);
  return found;
}

function wholeNumber(
  given: Given,
  name: keyof typeof flags,
  from: number,
  to: number,
): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw invalid(name, text, `a whole number from ${from} to ${to}`);
}

function positiveNumber(given: Given, name: keyof typeof flags, to: number): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && value <= to) return value;
  throw invalid(name, text, `a number above 0 and at most ${to}`);
}

function invalid(name: string, text: string, allowed: string): UsageError {
  const flag = `--${name}`;
  return new UsageError(`${flag} must be ${allowed}, got ${JSON.stringify(text)}`, {
    code: 'USAGE_VALUE_INVALID',
    data: { flag, value: text, allowed },
  });
}
