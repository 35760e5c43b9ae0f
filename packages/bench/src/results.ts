import type { Outcome } from './bench.ts';
import type { Verdict } from './goals.ts';
import { absentLines, goalCells, goalHead, markdownTable, rowCells, rowHead } from './report.ts';

/** When, where and on what the rows were measured. */
export interface Circumstances {
  /** ISO date. */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  /** Whether one-thread rows were pinned to a core. */
  readonly isPinned: boolean;
  readonly repeats: number;
  /** Version by engine. */
  readonly versions: ReadonlyMap<string, string>;
}

/** RESULTS.md: circumstances, method, goals and rows of one run. */
export function resultsDocument(
  outcomes: readonly Outcome[],
  verdicts: readonly Verdict[],
  about: Circumstances,
): string {
  const known = verdicts.filter(({ met }) => met !== undefined);
  const met = known.filter((verdict) => verdict.met === true).length;
  const absent = absentLines(outcomes).map((line) => `- ${line}`);
  return [
    '# Measured times',
    `Written by \`npm run bench -- --results\`; all rows are from one run. ${met} of ${known.length} goals are met.`,
    circumstances(about),
    method(about),
    '![The peers’ times divided by ours](results.svg)',
    '## Goals',
    'A ratio is the time of the peer divided by ours: above 1, Cotangent is faster.',
    markdownTable(goalHead, goalCells(verdicts)),
    '## Rows',
    markdownTable(rowHead, rowCells(outcomes)),
    ...(absent.length === 0 ? [] : ['## Without a row', absent.join('\n')]),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function circumstances({ date, processor, cores, versions }: Circumstances): string {
  const lines = [...versions].map(([engine, version]) => `- ${engine}: ${version}`);
  return [`${date}, ${processor}, ${cores} cores.`, '', ...lines].join('\n');
}

function method({ isPinned, repeats }: Circumstances): string {
  const pinned = isPinned
    ? 'is pinned to one core by CPU affinity and its thread pools are limited to one thread'
    : 'has its thread pools limited to one thread (this system cannot pin processes to a core)';
  return [
    '## Method',
    '',
    'Every engine computes the same outputs from the same bits, in a process of its own for each workload; an engine with one',
    `thread ${pinned}. \`first call\` is building the`,
    'computation and calling it once, with the library loaded. All outputs are then compared with those of the reference mode in',
    'float64, or of plain arithmetic; an engine with a wrong result is not timed. After a warm-up each engine is timed in turn,',
    `${repeats} rounds, in samples of many calls; the table gives the median of the samples, the middle half and the least.`,
    '`error` is the largest error relative to the largest entry of its output.',
    '',
    'tfjs has float32 only: its rows compute in float32 everywhere. The elementary functions of jax-js have the accuracy of',
    'float32 in float64 too, so its results are checked to that. JAX and jax-js run under `jit`, PyTorch and tfjs eagerly. Data',
    'stays on the device of every engine between calls, except where the name of a workload says otherwise.',
  ].join('\n');
}
