import { gradcheckRule } from '../src/modern/gradcheck.ts';
import type { Verdict } from '../src/modern/report.ts';
import { rngOf } from '../src/rng.ts';
import { checkers, pointOf } from './checkers.ts';
import type { Decision } from './checkers.ts';
import { streamOf } from './entry.ts';
import type { Case, Entry } from './entry.ts';
import { rightRules } from './right.ts';
import { wrongStructure } from './wrong-structure.ts';
import { wrongValues } from './wrong-values.ts';

/** Name of this package's checker in the results. */
export const ours = 'cotangent';

/** The wrong rules of the catalogue, M01 to M58. */
export const wrongRules: readonly Entry[] = [...wrongValues, ...wrongStructure];
export { rightRules };

/** How often each verdict was given on one entry. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly runs: number;
  readonly fail: number;
  readonly inconclusive: number;
  /** Evaluations of the function in all; 0 where they were not counted. */
  readonly evals: number;
  /** Runs in which the planted position was named, where there is one. */
  readonly located?: number;
  readonly ms: number;
}

/** The scores of one checker. */
export interface Score {
  readonly checker: string;
  readonly wrong: readonly Outcome[];
  readonly right: readonly Outcome[];
  /** Mean number of wrong rules that failed, of right rules that failed, of right rules that were undecided. */
  readonly detected: number;
  readonly falseAlarms: number;
  readonly inconclusive: number;
}

/** Runs every checker on the whole catalogue, with the same points. */
export function runBenchmark(seeds: number, only?: readonly string[]): readonly Score[] {
  const names = [...Object.keys(checkers), ours].filter(
    (name) => only === undefined || only.includes(name),
  );
  return names.map((checker) => scoreOf(checker, seeds));
}

function scoreOf(checker: string, seeds: number): Score {
  const outcomes = (entries: readonly Entry[]): readonly Outcome[] =>
    entries.map((entry) => outcomeOf(checker, entry, seeds));
  const [wrong, right] = [outcomes(wrongRules), outcomes(rightRules)];
  const share = (list: readonly Outcome[], kind: 'fail' | 'inconclusive'): number =>
    list.reduce((sum, outcome) => sum + outcome[kind] / outcome.runs, 0);
  return {
    checker,
    wrong,
    right,
    detected: share(wrong, 'fail'),
    falseAlarms: share(right, 'fail'),
    inconclusive: share(right, 'inconclusive'),
  };
}

function outcomeOf(checker: string, entry: Entry, seeds: number): Outcome {
  const started = performance.now();
  const runs = Array.from({ length: seeds }, (_, seed) => runOf(checker, entry, seed + 1));
  const count = (verdict: Verdict): number => runs.filter((run) => run.verdict === verdict).length;
  return {
    id: entry.id,
    title: entry.title,
    runs: seeds,
    fail: count('fail'),
    inconclusive: count('inconclusive') + count('skipped') + count('error'),
    evals: runs.reduce((sum, run) => sum + run.evals, 0),
    ...(entry.planted !== undefined && { located: runs.filter((run) => run.located).length }),
    ms: performance.now() - started,
  };
}

interface Run {
  readonly verdict: Verdict;
  readonly evals: number;
  readonly located: boolean;
}

/** A wrong entry is detected if each of its cases fails; a right one is a false alarm if any does. */
function runOf(checker: string, entry: Entry, seed: number): Run {
  const results = entry.cases.map((c, k) => caseOf(checker, entry, c, seed * 100 + k));
  const isWrong = entry.id.startsWith('M');
  const verdicts = results.map(({ verdict }) => verdict);
  const worst =
    (['fail', 'inconclusive', 'skipped'] as const).find((v) => verdicts.includes(v)) ?? 'pass';
  const best = verdicts.every((v) => v === 'fail')
    ? 'fail'
    : verdicts.includes('pass')
      ? 'pass'
      : 'inconclusive';
  return {
    verdict: isWrong ? best : worst,
    evals: results.reduce((sum, { evals }) => sum + evals, 0),
    located: results.every(({ located }) => located),
  };
}

function caseOf(checker: string, entry: Entry, c: Case, seed: number): Run {
  const points = c.points(streamOf(seed, entry.id));
  if (checker === ours) {
    const report = gradcheckRule(
      c.rule,
      points.map((inputs) => ({ inputs })),
      { ...c.options, seed },
    );
    const located = report.worst?.index[0] === entry.planted;
    return { verdict: report.verdict, evals: report.stats.evals, located };
  }
  const decide = checkers[checker]!;
  const isRight = points.every((inputs, k) =>
    accepts(decide, c, inputs, rngOf(seed, checker, entry.id, k)),
  );
  return { verdict: isRight ? 'pass' : 'fail', evals: 0, located: false };
}

/** What a checker throws on counts as refused. */
function accepts(
  decide: Decision,
  c: Case,
  inputs: ReturnType<Case['points']>[number],
  rng: () => number,
): boolean {
  try {
    return decide(pointOf(c.rule, inputs), rng);
  } catch {
    return false;
  }
}
