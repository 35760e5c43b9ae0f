// Writes fixtures.json, the points the unit tests compare with:
//   node --import ./packages/tools/ts-hook.mjs --conditions=@cotangent/source packages/wasm/scripts/fixtures.ts [python]
// Per function and width, separated by semicolons: rows of arguments, the true value rounded to the lane, and what rounding lost in units of its
// last place (two decimals, so that an error is known to 0.005 units).
import { writeFileSync } from 'node:fs';
import { type Domain, domains, sample } from './domains.ts';
import { type Lane, trueValues } from './true-values.ts';

const pointsEach = 40;

function rows(name: string, lane: Lane, domain: Domain): string[] {
  const inputs = sample(domain, lane, pointsEach);
  const truth = trueValues(process.argv[2] ?? 'python3', name, lane, inputs);
  return Array.from({ length: pointsEach }, (_, i) => {
    const numbers = [...inputs.map((xs) => xs[i] ?? 0), truth[3 * i] ?? 0];
    const rest = Math.round(100 * (truth[3 * i + 2] ?? 0)) / 100;
    return [...numbers.map((x) => shortest(x, lane)), rest].join(' ');
  }).filter((row) => !row.includes('Infinity'));
}

/** The shortest decimal that rounds to `x` in the lane. */
function shortest(x: number, lane: Lane): string {
  if (lane === 64) return `${x}`;
  for (let digits = 1; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return `${Number(text)}`;
  }
  return `${Number(x.toPrecision(9))}`;
}

const lines = domains.map(({ name, list }) => {
  const lanes = ([64, 32] as const).map((lane) => {
    const points = list.flatMap((domain) => rows(name, lane, domain));
    return `    "${lane}": "${points.join('; ')}"`;
  });
  return `  "${name}": {\n${lanes.join(',\n')}\n  }`;
});
writeFileSync(new URL('fixtures.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
