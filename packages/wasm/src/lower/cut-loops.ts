import { fold, forLoop, i32 } from '@cotangent/loops';
import type { For, Index, Statement, Value } from '@cotangent/loops';
import { valuesIn } from '../emit/outline.ts';
import { allStatements } from '../emit/written.ts';
import { withOperands } from './relocate.ts';

/** A range of integers, both ends included. */
type Interval = readonly [least: number, greatest: number];

/** A loop is cut while the values in its pieces together stay below this. */
const mostValues = 4096;

/**
 * Loops cut at the constants that their bodies compare the index with, so that in each piece the comparison is
 * decided: what one piece does not need it does not compute, and addresses that were clamped are plain again.
 */
export function cutLoops(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((s) => (s.kind === 'for' ? cut(s, new Map()) : [s]));
}

function cut(loop: For, known: ReadonlyMap<Index, Interval>): readonly Statement[] {
  const { from, to } = loop;
  const values = valuesIn([loop, ...allStatements(loop.body)]);
  const changes = values.flatMap((x) => changeOf(x) ?? []);
  if (from.kind !== 'const' || to.kind !== 'const' || changes.length === 0) return [loop];
  const own = changes.flatMap(({ index, at }) => (index === loop.index ? [at] : []));
  const inside = own.filter((at) => at > from.value && at < to.value);
  const cuts = [...new Set(inside)].toSorted((a, b) => a - b);
  const isLarge = (cuts.length + 1) * values.length > mostValues;
  const ends = [...(isLarge ? [] : cuts), to.value];
  return ends.flatMap((end, k) => piece(loop, k === 0 ? from.value : ends[k - 1]!, end, known));
}

/** The iterations `start` … `end` − 1 of a loop. */
function piece(
  loop: For,
  start: number,
  end: number,
  known: ReadonlyMap<Index, Interval>,
): readonly Statement[] {
  if (start >= end) return [];
  const facts = new Map([...known, [loop.index, [start, end - 1]] as const]);
  const body = new Decided(facts).all(loop.body);
  const inner = body.flatMap((s) => (s.kind === 'for' ? cut(s, facts) : [s]));
  const vector = loop.vector && end - start > 1;
  return [forLoop(loop.index, i32(start), i32(end), inner, { vector })];
}

/** Where the truth of a comparison changes: for this value of the index it differs from that before. */
interface Change {
  readonly index: Index;
  readonly at: number;
}

/** Of a comparison of `scale · index + offset` with a constant. */
function changeOf(x: Value): Change | undefined {
  if (x.kind !== 'compare' || (x.op !== 'lt' && x.op !== 'ge')) return undefined;
  const side = x.y.kind === 'const' ? affineOf(x.x) : undefined;
  if (side === undefined || x.y.kind !== 'const') return undefined;
  const { index, scale, offset } = side;
  const limit = (x.y.value - offset) / scale;
  return { index, at: scale > 0 ? Math.ceil(limit) : Math.floor(limit) + 1 };
}

interface Affine {
  readonly index: Index;
  readonly scale: number;
  readonly offset: number;
}

function affineOf(x: Value): Affine | undefined {
  let [y, scale, offset] = [x, 1, 0];
  while (y.kind === 'binary') {
    const isRight: boolean = y.x.kind === 'const';
    const [c, rest]: readonly [Value, Value] = isRight ? [y.x, y.y] : [y.y, y.x];
    if (c.kind !== 'const' || c.type !== 'i32') return undefined;
    if (y.op === 'mul') scale *= c.value;
    else if (y.op === 'add') offset += scale * c.value;
    else if (y.op === 'sub') {
      offset += scale * (isRight ? c.value : -c.value);
      if (isRight) scale = -scale;
    } else return undefined;
    y = rest;
  }
  return y.kind === 'index' && scale !== 0 ? { index: y, scale, offset } : undefined;
}

/** A value, and where it lies if it is an integer of which that is known. */
interface Known {
  readonly value: Value;
  readonly interval: Interval | undefined;
}

/** Statements for indices in known intervals. */
class Decided {
  readonly #facts: ReadonlyMap<Index, Interval>;
  readonly #done = new Map<Value, Known>();

  constructor(facts: ReadonlyMap<Index, Interval>) {
    this.#facts = facts;
  }

  all(statements: readonly Statement[]): readonly Statement[] {
    return statements.map((s) => this.#one(s));
  }

  #one(s: Statement): Statement {
    switch (s.kind) {
      case 'for':
        return { ...s, body: this.all(s.body) };
      case 'let':
      case 'assign':
      case 'accumulate':
        return { ...s, value: this.#value(s.value) };
      case 'store':
        return { ...s, at: this.#value(s.at), value: this.#value(s.value) };
      default:
        return s; // loop nests hold nothing else
    }
  }

  #value(x: Value): Value {
    return fold<Known>(x, (y, operands) => this.#known(y, operands), this.#done).value;
  }

  #known(x: Value, operands: readonly Known[]): Known {
    if (x.kind === 'index') return { value: x, interval: this.#facts.get(x) };
    if (x.kind === 'const') return { value: x, interval: intervalOf(x) };
    if (x.kind === 'select') {
      const [condition, yes, no] = operands;
      const [least, greatest] = condition!.interval ?? [0, 1];
      if (least === greatest) return least === 0 ? no! : yes!;
    }
    const chosen =
      x.kind === 'binary' && (x.op === 'min' || x.op === 'max')
        ? extreme(x.op, operands)
        : undefined;
    if (chosen !== undefined) return chosen;
    const interval = combined(x, operands);
    if (interval !== undefined && interval[0] === interval[1]) {
      return { value: i32(interval[0]), interval };
    }
    return {
      value: withOperands(
        x,
        operands.map(({ value }) => value),
      ),
      interval,
    };
  }
}

function intervalOf(x: Value): Interval | undefined {
  return x.kind === 'const' && x.type === 'i32' ? [x.value, x.value] : undefined;
}

/** The operand that is the least or greatest everywhere. */
function extreme(op: 'min' | 'max', [a, b]: readonly Known[]): Known | undefined {
  const [p, q] = [a?.interval, b?.interval];
  if (p === undefined || q === undefined) return undefined;
  if (p[1] <= q[0]) return op === 'min' ? a : b;
  return q[1] <= p[0] ? (op === 'min' ? b : a) : undefined;
}

/** The interval of an integer from those of its operands. */
function combined(x: Value, operands: readonly Known[]): Interval | undefined {
  const [a, b] = operands.map(({ interval }) => interval);
  if (a === undefined || b === undefined) return undefined;
  const decided = (yes: boolean, no: boolean): Interval => (yes ? [1, 1] : no ? [0, 0] : [0, 1]);
  if (x.kind === 'compare') {
    if (x.op === 'lt') return decided(a[1] < b[0], a[0] >= b[1]);
    return x.op === 'ge' ? decided(a[0] >= b[1], a[1] < b[0]) : undefined;
  }
  if (x.kind !== 'binary') return undefined;
  switch (x.op) {
    case 'add':
      return inRange(a[0] + b[0], a[1] + b[1]);
    case 'sub':
      return inRange(a[0] - b[1], a[1] - b[0]);
    case 'mul': {
      const products = a.flatMap((p) => b.map((q) => p * q));
      return inRange(Math.min(...products), Math.max(...products));
    }
    case 'min':
      return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
    case 'max':
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    case 'and':
      return isTruth(a) && isTruth(b) ? [a[0] * b[0], a[1] * b[1]] : undefined;
    default:
      return undefined;
  }
}

function isTruth([least, greatest]: Interval): boolean {
  return least >= 0 && greatest <= 1;
}

/** Not beyond 32 bits, where integers wrap. */
function inRange(least: number, greatest: number): Interval | undefined {
  return least >= -(2 ** 31) && greatest < 2 ** 31 ? [least, greatest] : undefined;
}
