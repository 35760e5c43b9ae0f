// Values and gradients of random graphs in modes fast and reference:
//   npm run random-graphs -- [--count 10000] [--seed 1]
import { parseArgs } from 'node:util';
import { agreementOf } from '../test/random/modes.ts';
import type { Agreement } from '../test/random/modes.ts';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const [first, count] = [Number(options.seed), Number(options.count)];
const wrong: string[] = [];
let nodes = 0;
let worst: Agreement = { seed: first, ratio: 0, nodes: 0 };
for (let seed = first; seed < first + count; seed++) {
  try {
    const agreement = agreementOf(seed);
    nodes += agreement.nodes;
    if (!(agreement.ratio <= worst.ratio)) worst = agreement;
    if (!(agreement.ratio < 1)) wrong.push(`seed ${seed}: ${agreement.ratio} of the bound`);
  } catch (error) {
    wrong.push(`seed ${seed}: ${String(error)}`);
  }
  if ((seed - first + 1) % 1000 === 0) console.error(`${seed - first + 1} graphs`);
}
for (const line of wrong.slice(0, 20)) console.error(line);
console.log(
  `${count} graphs of ${Math.round(nodes / count)} steps on average: ${wrong.length} differ; ` +
    `the largest difference is ${worst.ratio.toPrecision(2)} of its bound (seed ${worst.seed})`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
