import { writeFileSync } from 'node:fs';
import { fastMistakes, fastResult, oneWrong, trialPoint } from './fast-trials.ts';
import { ours, runBenchmark } from './run.ts';
import type { Outcome, Score } from './run.ts';

/** `npm run gradcheck:benchmark -- [--seeds n] [--json file] [--details] [--fast-trials n]`. */
function main(args: readonly string[]): number {
  const valueOf = (name: string): string | undefined => args[args.indexOf(name) + 1];
  const known = ['--seeds', '--json', '--details', '--fast-trials'];
  const unknown = args.find((arg) => arg.startsWith('--') && !known.includes(arg));
  const seeds = args.includes('--seeds') ? Number(valueOf('--seeds')) : 10;
  const json = args.includes('--json') ? valueOf('--json') : undefined;
  if (
    unknown !== undefined ||
    !Number.isInteger(seeds) ||
    seeds < 1 ||
    (args.includes('--json') && json === undefined)
  ) {
    console.error(
      'usage: npm run gradcheck:benchmark -- [--seeds n] [--json file] [--details] [--fast-trials n]',
    );
    return 2;
  }
  if (args.includes('--fast-trials')) return fastTrials(Number(valueOf('--fast-trials')));
  const scores = runBenchmark(seeds);
  console.log(tableOf(scores, seeds));
  const own = scores.find(({ checker }) => checker === ours)!;
  console.log(detailsOf(own, args.includes('--details')));
  if (json !== undefined) {
    writeFileSync(
      json,
      `${JSON.stringify({ schema: 'gradcheck-benchmark/1', seeds, scores }, null, 2)}\n`,
    );
  }
  const [wrong, right] = [own.wrong.length, own.right.length];
  const always = own.wrong.filter(({ fail, runs }) => fail === runs).length;
  const ever = own.right.filter(({ fail }) => fail > 0).length;
  const undecided = own.right.filter(({ inconclusive }) => inconclusive > 0).length;
  console.log(
    `detected ${always}/${wrong}, false alarms ${ever}/${right}, inconclusive ${undecided}/${right}`,
  );
  return always === wrong && ever === 0 ? 0 : 1;
}

/** `perFunction` wrong and as many right rules of eight functions, and one of a million elements. */
function fastTrials(perFunction: number): number {
  const rule = oneWrong(Math.sin, Math.cos, 141_421, 1 + 1e-6);
  const point = trialPoint(1_000_000, 1);
  const named = fastResult(rule, point, 1);
  console.log(
    `one of 10⁶ off by 1e-6: ${named.verdict} at ${named.worst?.index.join()} after ${named.evals} evaluations`,
  );
  const right = fastResult(oneWrong(Math.sin, Math.cos, -1, 1), point, 1, 1);
  console.log(`10⁶ right ones, one projection: ${right.verdict} after ${right.evals} evaluations`);
  const mistakes = fastMistakes(perFunction);
  console.log(mistakes.join('\n'));
  console.log(`${16 * perFunction} trials, ${mistakes.length} mistakes`);
  return mistakes.length === 0 && named.verdict === 'fail' && right.verdict === 'pass' ? 0 : 1;
}

/** Means over seeds, the checkers beside each other. */
function tableOf(scores: readonly Score[], seeds: number): string {
  const rows = scores.map((s) => [
    s.checker,
    `${((100 * s.detected) / s.wrong.length).toFixed(1)} %`,
    `${s.falseAlarms.toFixed(1)} / ${s.right.length}`,
    s.checker === ours ? `${s.inconclusive.toFixed(1)} / ${s.right.length}` : '-',
    `${[...s.wrong, ...s.right].reduce((sum, { ms }) => sum + ms, 0).toFixed(0)} ms`,
  ]);
  const all = [['checker', 'detection', 'false alarms', 'inconclusive', 'time'], ...rows];
  const widths = all[0]!.map((_, k) => Math.max(...all.map((row) => row[k]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join('  ')
      .trimEnd(),
  );
  return [
    `means over ${seeds} seeds, ${scores[0]?.wrong.length} wrong and ${scores[0]?.right.length} right rules`,
    ...lines,
  ].join('\n');
}

/** What did not go as it should, or everything. */
function detailsOf({ wrong, right }: Score, everything: boolean): string {
  const line = (o: Outcome): string =>
    `  ${o.id} ${o.title}: failed ${o.fail}, inconclusive ${o.inconclusive} of ${o.runs}` +
    `${o.located === undefined ? '' : `, located ${o.located}`}; ${Math.round(o.evals / o.runs)} evaluations`;
  const shown = [
    ...wrong.filter(
      (o) => everything || o.fail < o.runs || (o.located !== undefined && o.located < o.runs),
    ),
    ...right.filter((o) => everything || o.fail > 0 || o.inconclusive > 0),
  ];
  return shown.map(line).join('\n');
}

process.exitCode = main(process.argv.slice(2));
