import type { Direction, Estimate, Rung, VectorFunction } from './estimate.ts';
import { isFinite, kinds } from './estimate.ts';
import { derivativeOfAll } from './ladder.ts';
import type { LadderOptions } from './ladder.ts';
import { moved } from './steps.ts';

/** With fewer values than this there is nothing to gain. */
const worthwhile = 16;

/**
 * d/dt f(x + t·d) at t = 0 for every value of f, as `derivativeOfAll` gives it, at the cost of those values that move at
 * all: of an elementwise function, one. The others have to stay what they are, bit for bit, at every step; otherwise
 * all are treated alike.
 */
export function derivativeAlong(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  options: LadderOptions,
): Estimate {
  const at = options.at ?? f(x);
  const all = { ...options, at };
  if (!isFinite(at) || at.length < worthwhile) return derivativeOfAll(f, x, direction, all);
  const h = direction.reach * options.jitter;
  const first = [f(moved(x, direction, h)), f(moved(x, direction, -h))];
  const [up, down] = first;
  const replayed: VectorFunction = (point) => (first.length > 0 ? first.shift() : f(point));
  if (!isFinite(up) || !isFinite(down)) return derivativeOfAll(replayed, x, direction, all);
  const active: number[] = [];
  for (let i = 0; i < at.length; i++) if (up[i] !== at[i] || down[i] !== at[i]) active.push(i);
  if (2 * active.length > at.length) return derivativeOfAll(replayed, x, direction, all);
  let strays = false;
  const restricted: VectorFunction = (point) => {
    const y = replayed(point);
    if (!isFinite(y)) return undefined;
    strays ||= !agreesOutside(y, at, active);
    return pick(y, active);
  };
  const own = derivativeOfAll(restricted, x, direction, {
    ...options,
    at: pick(at, active),
    noise: pick(options.noise, active),
    expected: options.expected && pick(options.expected, active),
  });
  if (strays) return derivativeOfAll(f, x, direction, all);
  return spread(own, active, at, options.noise, h);
}

function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (i) => values[i]!);
}

/** Whether nothing changed but the active values. */
function agreesOutside(y: Float64Array, at: Float64Array, active: readonly number[]): boolean {
  let next = 0;
  for (let i = 0; i < at.length; i++) {
    if (i === active[next]) next++;
    else if (y[i] !== at[i]) return false;
  }
  return true;
}

/** The estimate for all values: 0 for those that never moved. */
function spread(
  own: Estimate,
  active: readonly number[],
  at: Float64Array,
  noise: Float64Array,
  h: number,
): Estimate {
  const onto = (base: Float64Array, values: Float64Array): Float64Array => {
    active.forEach((i, k) => (base[i] = values[k]!));
    return base;
  };
  const zeros = (): Float64Array => new Float64Array(at.length);
  const kind = new Uint8Array(at.length).fill(kinds.smooth);
  const still = new Uint8Array(at.length).fill(1);
  active.forEach((i, k) => {
    kind[i] = own.kind[k]!;
    still[i] = own.still[k]!;
  });
  return {
    value: onto(zeros(), own.value),
    bound: onto(
      noise.map((eta) => eta / h),
      own.bound,
    ),
    size: onto(at.map(Math.abs), own.size),
    kind,
    low: onto(zeros(), own.low),
    high: onto(zeros(), own.high),
    still,
    rungs: own.rungs.map((rung): Rung => ({
      ...rung,
      up: onto(at.slice(), rung.up),
      down: onto(at.slice(), rung.down),
      value: onto(zeros(), rung.value),
      noise: onto(zeros(), rung.noise),
    })),
  };
}
