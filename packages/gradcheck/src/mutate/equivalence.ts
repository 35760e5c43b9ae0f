import { copy, isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { Op, OpSample } from '@cotangent/graph';
import { formatNumber } from '../numbers.ts';
import type { OpCase } from '../op/cases.ts';
import { lengthOf, pack, unpack } from '../op/flat.ts';
import type { Part } from '../op/flat.ts';
import { knownSizes, linearise, positionOf } from '../op/linearise.ts';
import { partsLike } from '../op/derivative-checks.ts';
import { partOf } from '../op/reference.ts';
import { secondOf } from '../op/second-order.ts';
import { rngOf, signed } from '../rng.ts';
import type { Rng } from '../rng.ts';
import { regularCases } from './mutants.ts';

/** Points besides each sample: near it, and anywhere from small to large. */
const near = 6;
const anywhere = 10;
const maxCases = 8;

/** Difference up to which two derivatives are the same but for rounding: of the largest element, and by itself. */
const relative = 1e-10;
const absolute = 1e-13;

/** A point, with what a derivative is to be multiplied by there. */
interface Trial {
  readonly c: OpCase;
  readonly inputs: readonly Tensor[];
  readonly seed: string;
}

/** Products with the derivatives of an op at a trial. */
type Derivatives = readonly Float64Array[];

/** Tells whether another record has the derivatives of an op, by values at points that need not be samples. */
export class Equivalence {
  readonly #cases: readonly OpCase[];
  readonly #seed: number;
  readonly #order: number;
  readonly #trials = new Map<OpCase, readonly OwnTrial[]>();

  constructor(op: Op, samples: readonly OpSample[] | undefined, seed: number, order: number) {
    this.#seed = seed;
    this.#order = order;
    this.#cases = regularCases(op, samples).slice(0, maxCases);
  }

  /** The first point at which `op` has other derivatives, in words; `undefined` if it is equivalent. */
  difference(op: Op): string | undefined {
    for (const c of this.#cases) {
      const run = ifPossible(() => evaluation({ ...c, op }, this.#order));
      for (const { trial, own } of this.#trialsOf(c)) {
        const other = ifPossible(() => run?.(trial));
        if (other === undefined || firstDifference(own, other) !== undefined) {
          return described(trial, own, other);
        }
      }
    }
    return undefined;
  }

  #trialsOf(c: OpCase): readonly OwnTrial[] {
    const before = this.#trials.get(c);
    if (before !== undefined) return before;
    const trials = ownTrials(c, this.#seed, this.#order);
    this.#trials.set(c, trials);
    return trials;
  }
}

/** A point at which the op itself has finite derivatives, and those. */
interface OwnTrial {
  readonly trial: Trial;
  readonly own: Derivatives;
}

function ownTrials(c: OpCase, seed: number, order: number): readonly OwnTrial[] {
  const run = ifPossible(() => evaluation(c, order));
  return trialsAt(c, seed).flatMap((trial) => {
    const own = ifPossible(() => run?.(trial));
    return own?.every((values) => values.every(Number.isFinite)) === true ? [{ trial, own }] : [];
  });
}

type Evaluation = (trial: Trial) => Derivatives;

/** Jᵀu, Jv and the derivative of ⟨w, Jᵀu⟩ at points of the shapes of a case. */
function evaluation(c: OpCase, order: number): Evaluation {
  const rules = linearise(c, knownSizes);
  const values = rules.evaluate(c.inputs);
  const outParts = rules.outputs.map((y) => partOf(values[positionOf(y)]!));
  const wrtParts = c.wrt.map((i) => partOf(c.inputs[i]!));
  const second = order > 1 ? ifPossible(() => secondOf(rules)) : undefined;
  return ({ inputs, seed }) => {
    const rng = rngOf(seed);
    const draw = (parts: readonly Part[]): Float64Array =>
      Float64Array.from({ length: lengthOf(parts) }, () => signed(rng));
    const us = unpack(draw(outParts), partsLike(rules.cotangents, outParts));
    const vs = unpack(draw(wrtParts), partsLike(rules.tangents, wrtParts));
    const ws = unpack(draw(wrtParts), wrtParts);
    return [
      pack(rules.pullback(inputs, us), wrtParts),
      pack(rules.pushforward(inputs, vs), outParts),
      ...(second === undefined ? [] : [pack(second.product(inputs, us, ws), wrtParts)]),
    ];
  };
}

function trialsAt(c: OpCase, seed: number): readonly Trial[] {
  const rng = rngOf(seed, c.op.name, c.label, 'equivalence');
  const moved = (move: (x: number) => number): readonly Tensor[] =>
    c.inputs.map((x, i) => {
      const y = copy(x);
      if (!c.wrt.includes(i) || !isFloat(x.dtype)) return y;
      for (let k = 0; k < y.data.length; k++) y.data[k] = move(y.data[k]!);
      return y;
    });
  const points = [
    c.inputs,
    ...Array.from({ length: near }, () => moved((x) => nearby(x, rng))),
    ...Array.from({ length: anywhere }, () => moved(() => signed(rng) * 10 ** (4 * rng() - 2))),
  ];
  return points.map((inputs, k) => ({ c, inputs, seed: `${c.label} ${k}` }));
}

function nearby(x: number, rng: Rng): number {
  return x === 0 ? 0.1 * signed(rng) : x * (1 + 0.2 * signed(rng));
}

function ifPossible<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // outside the domain, or a rule that cannot be built
  }
}

/** The two values that differ first. What is absent counts as zeros. */
function firstDifference(
  a: Derivatives,
  b: Derivatives,
): { readonly own: number; readonly other: number } | undefined {
  for (const [k, x] of a.entries()) {
    const y = b[k] ?? new Float64Array(x.length);
    const largest = x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const e = x.findIndex(
      (value, i) => !(Math.abs(value - y[i]!) <= relative * largest + absolute),
    );
    if (e >= 0) return { own: x[e]!, other: y[e]! };
  }
  return undefined;
}

function described({ inputs, c }: Trial, own: Derivatives, other: Derivatives | undefined): string {
  const point = inputs.map((x) => x.toString().replaceAll(/\s+/g, ' ')).join(', ');
  const pair = other && firstDifference(own, other);
  const what =
    pair === undefined
      ? 'it cannot be evaluated'
      : `it gives ${formatNumber(pair.other)} instead of ${formatNumber(pair.own)}`;
  return `${what}, like sample ${c.label} but at ${point}`;
}
