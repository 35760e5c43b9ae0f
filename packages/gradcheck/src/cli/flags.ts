import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

/** A flag's name without its dashes. */
export type Flag = ValuedFlag | LoneFlag;
type ValuedFlag =
  | 'config'
  | 'filter'
  | 'op'
  | 'check'
  | 'dtype'
  | 'order'
  | 'mode'
  | 'shard'
  | 'seed'
  | 'runs'
  | 'replay'
  | 'budget'
  | 'timeout'
  | 'jobs'
  | 'format'
  | 'output'
  | 'out'
  | 'require-coverage'
  | 'require-mutation'
  | 'baseline';
type LoneFlag = 'fast' | 'thorough' | 'mutate' | 'strict' | 'update-baseline' | 'list' | 'help';

const valued = { type: 'string' } as const;
const alone = { type: 'boolean' } as const;
type Kind<F extends Flag> = F extends ValuedFlag
  ? typeof valued
  : { readonly type: 'boolean'; readonly short?: string };
const flags: { readonly [F in Flag]: Kind<F> } = {
  config: valued,
  filter: valued,
  op: valued,
  check: valued,
  dtype: valued,
  order: valued,
  mode: valued,
  shard: valued,
  seed: valued,
  runs: valued,
  replay: valued,
  budget: valued,
  timeout: valued,
  fast: alone,
  thorough: alone,
  jobs: valued,
  mutate: alone,
  format: valued,
  output: valued,
  out: valued,
  strict: alone,
  'require-coverage': valued,
  'require-mutation': valued,
  baseline: valued,
  'update-baseline': alone,
  list: alone,
  help: { type: 'boolean', short: 'h' },
};

/** The flags that were given, each with its values, and everything else. */
export interface GivenFlags {
  readonly values: ReadonlyMap<Flag, readonly string[]>;
  readonly rest: readonly string[];
}

/**
 * @throws UsageError `USAGE_UNKNOWN_FLAG`, `USAGE_VALUE_MISSING`, `USAGE_VALUE_UNWANTED` with the flag in `data.flag`.
 */
export function readFlags(args: readonly string[]): GivenFlags {
  // Strict parsing would raise errors of its own; the tokens allow ones that name the flag and the remedy.
  const { tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true });
  const values = new Map<Flag, string[]>();
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    // What follows a flag is its value even if it is a flag itself: then the value was forgotten.
    const isForgotten = token.inlineValue === false && token.value.startsWith('--');
    const name = known(token.name, token.rawName);
    checkPresence(name, isForgotten ? undefined : token.value);
    values.set(name, [...(values.get(name) ?? []), token.value ?? '']);
  }
  return { values, rest };
}

function known(name: string, raw: string): Flag {
  if (isFlag(name)) return name;
  throw new UsageError(`gradcheck: unknown flag ${raw}`, {
    code: 'USAGE_UNKNOWN_FLAG',
    hint: '--help lists the flags',
    data: { flag: raw },
  });
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(flags, name);
}

function checkPresence(flag: Flag, value: string | undefined): void {
  const needsValue = flags[flag].type === 'string';
  if (needsValue && (value ?? '') === '') {
    throw new UsageError(`gradcheck: --${flag} needs a value`, {
      code: 'USAGE_VALUE_MISSING',
      hint: `write --${flag} VALUE or --${flag}=VALUE`,
      data: { flag: `--${flag}` },
    });
  }
  if (!needsValue && value !== undefined) {
    throw new UsageError(`gradcheck: --${flag} takes no value`, {
      code: 'USAGE_VALUE_UNWANTED',
      hint: `write --${flag} alone`,
      data: { flag: `--${flag}`, value },
    });
  }
}

/** The error for a value that a flag cannot have. */
export function invalidValue(flag: Flag, text: string, allowed: string): UsageError {
  return new UsageError(`gradcheck: --${flag} must be ${allowed}, got ${JSON.stringify(text)}`, {
    code: 'USAGE_VALUE_INVALID',
    data: { flag: `--${flag}`, value: text, allowed },
  });
}
