import { replayToken } from '../replay-token.ts';
import { reportText } from './text.ts';

/** What was found: `inconclusive` means that the differences cannot tell. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'skipped' | 'error';

/** What a check of `gradcheck` looks at. */
export type GradcheckId =
  | 'type.inferred'
  | 'primal.finite'
  | 'vjp.value'
  | 'jvp.value'
  | 'vjp.jvp.dot'
  | 'pullback.zero'
  | 'pullback.linear'
  | 'pushforward.linear'
  | 'grad.shape'
  | 'grad.dtype'
  | 'grad.precision'
  | 'grad.deterministic'
  | 'args.intact'
  | 'connection.pattern'
  | 'grad.disconnected'
  | 'grad.undefinedCotangent'
  | 'grad.nullType'
  | 'kink.subgradient'
  | 'layout.strided'
  | 'batch.loop'
  | 'order2.difference'
  | 'order2.symmetry'
  | 'order2.modes'
  | 'modes.agree'
  | 'taylor.slope';

/** All checks, in the order in which they run. */
export const gradcheckIds: readonly GradcheckId[] = [
  'type.inferred',
  'primal.finite',
  'grad.shape',
  'grad.dtype',
  'grad.disconnected',
  'grad.nullType',
  'args.intact',
  'grad.deterministic',
  'pullback.zero',
  'pullback.linear',
  'pushforward.linear',
  'grad.undefinedCotangent',
  'layout.strided',
  'batch.loop',
  'modes.agree',
  'connection.pattern',
  'vjp.value',
  'jvp.value',
  'vjp.jvp.dot',
  'kink.subgradient',
  'grad.precision',
  'order2.difference',
  'order2.symmetry',
  'order2.modes',
  'taylor.slope',
];

/** What is worth knowing about a result besides its verdict. */
export type ResultFlag = 'kink' | 'weak' | 'zero-evidence' | 'fast' | 'noise-single' | 'vacuous';

/** A likely cause, in words. */
export interface Hint {
  /** Stable name: `ratio`, `transposed`, `reversed`, `shifted`, `broadcast`, `zero`, … */
  readonly id: string;
  readonly text: string;
}

/** The entry that is worst. */
export interface Mismatch {
  /** Position of the input, and its name. */
  readonly arg: number;
  readonly argName: string;
  readonly shape: readonly number[];
  readonly index: readonly number[];
  readonly output?: number;
  readonly outIndex?: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  readonly absErr: number;
  readonly relErr: number;
  /** Bound on the error of `numeric`. */
  readonly bound: number;
  /** How far the two may be apart. */
  readonly tol: number;
  /** analytic / numeric. */
  readonly ratio: number;
  readonly mismatched: number;
  readonly total: number;
  /** What was compared: `output element`, `signed draw 1 of 3`, … */
  readonly along: string;
  readonly ladder: readonly {
    readonly h: number;
    readonly value: number;
    readonly bound: number;
  }[];
  /** Slope of log |φ(h) − φ(0) − h·a| against log h: 2 for a right derivative, 1 for a wrong one. */
  readonly taylorSlope?: number;
  readonly hints: readonly Hint[];
}

/** The outcome of one check at one sample. */
export interface GradcheckResult {
  readonly id: GradcheckId;
  readonly verdict: Verdict;
  readonly sample: string;
  readonly arg?: number;
  readonly output?: number;
  /** Smallest relative error that could have been seen at every entry. */
  readonly resolution?: number;
  readonly flags: readonly ResultFlag[];
  readonly worst?: Mismatch;
  readonly message?: string;
  readonly evals: number;
  readonly ms: number;
}

/** What was not checked, and why. */
export interface SkippedItem {
  readonly what: string;
  readonly why: string;
}

/** How much work it took. */
export interface GradcheckStats {
  readonly evals: number;
  readonly vjps: number;
  readonly jvps: number;
  readonly compiles: number;
  readonly ms: number;
}

/** How a report is written. */
export interface TextOptions {
  /** ANSI colours; default false. */
  readonly color?: boolean | undefined;
  /** At most so many failures in full; default 10. */
  readonly maxRows?: number | undefined;
}

/** What `gradcheck` found. */
export interface GradcheckReport {
  readonly schema: 'gradcheck-report/1';
  readonly name: string;
  readonly verdict: Verdict;
  readonly seed: string;
  /** Token that repeats the first failure. */
  readonly replay: string;
  readonly checks: readonly GradcheckResult[];
  readonly worst?: Mismatch;
  readonly coverage: {
    readonly tested: readonly string[];
    readonly skipped: readonly SkippedItem[];
  };
  readonly stats: GradcheckStats;
  /** Failures in full, in a fixed format, then what was undecided, and counts. */
  toText(options?: TextOptions): string;
}

/** Collects results. */
export class Findings {
  readonly results: GradcheckResult[] = [];
  readonly skipped: SkippedItem[] = [];
  readonly tested: Set<string> = new Set<string>();
  /** Running totals, added to by whoever evaluates something. */
  readonly count: { evals: number; vjps: number; jvps: number; compiles: number } = {
    evals: 0,
    vjps: 0,
    jvps: 0,
    compiles: 0,
  };

  add(result: GradcheckResult): void {
    this.results.push(result);
  }

  skip(what: string, why: string): void {
    if (!this.skipped.some((item) => item.what === what)) this.skipped.push({ what, why });
  }

  report(name: string, seed: number | string, ms: number): GradcheckReport {
    const checks = this.results;
    const verdict = verdictOf(checks, this.tested.size);
    const first =
      checks.find((c) => c.verdict === 'fail') ?? checks.find((c) => c.verdict === verdict);
    const worst = checks.find((c) => c.verdict === 'fail' && c.worst !== undefined)?.worst;
    const report = {
      schema: 'gradcheck-report/1' as const,
      name,
      verdict,
      seed: shownSeed(seed),
      replay: replayToken(name, first, seed),
      checks,
      ...(worst !== undefined && { worst }),
      coverage: { tested: [...this.tested], skipped: this.skipped },
      stats: { ...this.count, ms },
    };
    return { ...report, toText: (options) => reportText(report, options) };
  }
}

/** `error` > `fail` > `inconclusive` > `pass`; `skipped` only if nothing ran. */
function verdictOf(checks: readonly GradcheckResult[], tested: number): Verdict {
  const has = (verdict: Verdict): boolean => checks.some((check) => check.verdict === verdict);
  const worst = (['error', 'fail', 'inconclusive'] as const).find(has);
  if (worst !== undefined) return worst;
  return tested > 0 && has('pass') ? 'pass' : 'skipped';
}

/** Hexadecimal for the whole numbers that seeds usually are. */
function shownSeed(seed: number | string): string {
  return typeof seed === 'number' && Number.isInteger(seed) && seed >= 0
    ? seed.toString(16)
    : String(seed);
}
