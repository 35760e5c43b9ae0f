import type { Algebra } from './algebra.ts';

/** One instruction: its operands are the numbers of earlier instructions. */
export interface Step {
  readonly name: keyof Algebra<number> | 'input';
  readonly operands: readonly number[];
  /** Bits of a constant, number of an input, or count of a shift. */
  readonly immediate: bigint;
}

/** A function written out as straight-line code, for one width of lanes. */
export interface Trace {
  readonly lane: 64 | 32;
  readonly steps: readonly Step[];
  readonly result: number;
}

/** An elementary function of any number of vectors. */
export type VectorFunction = <V>(m: Algebra<V>, ...xs: V[]) => V;

/**
 * Record what `f` does to `arity` vectors. Equal instructions are recorded once and those that the result
 * does not need are left out, so `steps.length` is the cost of `f` in instructions plus its constants.
 */
export function trace(f: VectorFunction, lane: 64 | 32, arity = 1): Trace {
  const steps: Step[] = [];
  const known = new Map<string, number>();
  const record = (name: Step['name'], operands: readonly number[], immediate = 0n): number => {
    const key = `${name} ${operands.join(' ')} ${immediate}`;
    let index = known.get(key);
    if (index === undefined) {
      index = steps.push({ name, operands, immediate }) - 1;
      known.set(key, index);
    }
    return index;
  };
  const inputs = Array.from({ length: arity }, (_, i) => record('input', [], BigInt(i)));
  const result = f(new Recorder(lane, record), ...inputs);
  return withoutUnused({ lane, steps, result });
}

type Record = (name: Step['name'], operands: readonly number[], immediate?: bigint) => number;

/** Records every instruction as it is asked for; values are numbers of instructions. */
class Recorder implements Algebra<number> {
  readonly lane: 64 | 32;
  readonly #record: Record;

  constructor(lane: 64 | 32, record: Record) {
    this.lane = lane;
    this.#record = record;
  }

  #unary(name: Step['name']): (x: number) => number {
    return (x) => this.#record(name, [x]);
  }

  #binary(name: Step['name']): (x: number, y: number) => number {
    return (x, y) => this.#record(name, [x, y]);
  }

  #shift(name: Step['name']): (x: number, count: number) => number {
    return (x, count) => this.#record(name, [x], BigInt(count));
  }

  readonly float = (x: number): number => this.bits(bitsOf(x, this.lane));
  readonly bits = (x: bigint): number => this.#record('bits', [], BigInt.asUintN(this.lane, x));
  readonly add: Binary = this.#binary('add');
  readonly sub: Binary = this.#binary('sub');
  readonly mul: Binary = this.#binary('mul');
  readonly div: Binary = this.#binary('div');
  readonly sqrt: Unary = this.#unary('sqrt');
  readonly neg: Unary = this.#unary('neg');
  readonly abs: Unary = this.#unary('abs');
  readonly floor: Unary = this.#unary('floor');
  readonly ceil: Unary = this.#unary('ceil');
  readonly trunc: Unary = this.#unary('trunc');
  readonly nearest: Unary = this.#unary('nearest');
  readonly pmin: Binary = this.#binary('pmin');
  readonly pmax: Binary = this.#binary('pmax');
  readonly eq: Binary = this.#binary('eq');
  readonly ne: Binary = this.#binary('ne');
  readonly lt: Binary = this.#binary('lt');
  readonly le: Binary = this.#binary('le');
  readonly gt: Binary = this.#binary('gt');
  readonly ge: Binary = this.#binary('ge');
  readonly and: Binary = this.#binary('and');
  readonly andNot: Binary = this.#binary('andNot');
  readonly or: Binary = this.#binary('or');
  readonly xor: Binary = this.#binary('xor');
  readonly not: Unary = this.#unary('not');
  readonly addBits: Binary = this.#binary('addBits');
  readonly subBits: Binary = this.#binary('subBits');
  readonly shiftLeft: Binary = this.#shift('shiftLeft');
  readonly shiftRight: Binary = this.#shift('shiftRight');
  readonly select = (mask: number, x: number, y: number): number =>
    this.#record('select', [mask, x, y]);
  readonly rarely = (
    mask: number,
    common: readonly number[],
    rare: () => readonly number[],
  ): readonly number[] => rare().map((x, k) => this.select(mask, x, common[k]!));
}

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

/** Bits of `x` as a float of `lane` bits. */
export function bitsOf(x: number, lane: 64 | 32): bigint {
  if (lane === 64) return new BigUint64Array(new Float64Array([x]).buffer)[0]!;
  return BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!);
}

function withoutUnused({ lane, steps, result }: Trace): Trace {
  const used = new Set([result]);
  for (let i = steps.length - 1; i >= 0; i--) {
    if (used.has(i)) for (const operand of steps[i]!.operands) used.add(operand);
  }
  const renamed = new Map([...used].toSorted((a, b) => a - b).map((old, index) => [old, index]));
  const rename = (old: number) => renamed.get(old) ?? 0;
  const kept = steps
    .filter((_, i) => used.has(i))
    .map((step) => ({ ...step, operands: step.operands.map(rename) }));
  return { lane, steps: kept, result: rename(result) };
}

/** How many instructions of each kind a trace holds: constants and inputs not among them. */
export function operationCounts({ steps }: Trace): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of steps) {
    if (name !== 'bits' && name !== 'input') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
