import {
  addressIn,
  binary,
  block,
  compare,
  constantOf,
  convert,
  elementAt,
  forLoop,
  i32,
  index,
  letIn,
  local,
  select,
  store,
  subview,
  unary,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { central, middle, tail } from './normal-quantile.ts';
import type { Rational } from './rational.ts';
import { parity, rotations } from './threefry.ts';

/** The two words of a key, a counter, or a draw. */
type WordValues = readonly [first: Value, second: Value];

/** What becomes of the words of an element. */
export type FromWordValues = (words: WordValues) => Value;

/** Every element of a draw, for every key. */
export function lowerDraw(
  { inputs, outputs }: LoweringContext,
  from: FromWordValues,
): readonly Statement[] {
  const [keys] = inputs;
  const y = outputs[0]!;
  const leading = keys!.shape.length - 1;
  const counters = keys!.shape.slice(0, leading).map((_, k) => index(`b${k}`));
  const part = subview(y, counters);
  const count = part.shape.reduce((n, size) => n * size, 1);
  const i = index('i');
  const flat = { ...part, shape: [count], strides: [1] };
  const [before, key] = keyAt(subview(keys!, counters));
  const value = from(threefryOf(key, [i32(0), i]));
  const draw = forLoop(i, i32(0), i32(count), [store(y.buffer, addressIn(flat, [i]), value)], {
    vector: true,
  });
  return around(counters, keys!.shape, [...before, draw]);
}

/** `count` keys from each. */
export function lowerSplit({ inputs, outputs }: LoweringContext): readonly Statement[] {
  const [keys] = inputs;
  const y = outputs[0]!;
  const counters = keys!.shape.slice(0, -1).map((_, k) => index(`b${k}`));
  const i = index('i');
  const [before, key] = keyAt(subview(keys!, counters));
  const count = y.shape.at(-2)!;
  const split = forLoop(i, i32(0), i32(count), [
    ...stored(subview(y, [...counters, i]), threefryOf(key, [i32(0), i])),
  ]);
  return around(counters, keys!.shape, [...before, split]);
}

/** A key for each of the numbers; both broadcast. */
export function lowerFold({ inputs, outputs }: LoweringContext): readonly Statement[] {
  const [keys, data] = inputs;
  const y = outputs[0]!;
  const counters = y.shape.slice(0, -1).map((_, k) => index(`b${k}`));
  const [before, key] = keyAt(subview(keys!, broadcastAt(counters, keys!.shape.slice(0, -1))));
  const number = elementAt(data!, broadcastAt(counters, data!.shape));
  const fold = stored(subview(y, counters), threefryOf(key, [i32(0), number]));
  return around(counters, y.shape, [...before, ...fold]);
}

/** The upper 52 of 64 bits, as a number in [0, 1). */
export function fraction52Of([first, second]: WordValues): Value {
  const high = binary('mul', unsigned(first), constantOf('f64', 2 ** 20));
  const low = convert('f64', binary('shrU', second, i32(12)));
  return binary('mul', binary('add', high, low), constantOf('f64', 2 ** -52));
}

/** The upper 23 of 32 bits, as a number in [0, 1), in float64. */
export function fraction23Of([first, second]: WordValues): Value {
  const bits = binary('shrU', binary('xor', first, second), i32(9));
  return binary('mul', convert('f64', bits), constantOf('f64', 2 ** -23));
}

/** Φ⁻¹(p), as `normalQuantile` computes it. */
export function normalQuantileOf(p: Value): Value {
  const f64 = (x: number): Value => constantOf('f64', x);
  const q = binary('sub', p, f64(0.5));
  const isLower = compare('lt', q, f64(0));
  const inner = binary('mul', q, ratio(central, binary('sub', f64(0.180625), binary('mul', q, q))));
  const side = select(isLower, p, binary('sub', f64(1), p));
  const r = unary('sqrt', unary('neg', unary('log', side)));
  const outer = select(
    compare('le', r, f64(5)),
    ratio(middle, binary('sub', r, f64(1.6))),
    ratio(tail, binary('sub', r, f64(5))),
  );
  const signed = select(isLower, unary('neg', outer), outer);
  return select(compare('le', unary('abs', q), f64(0.425)), inner, signed);
}

/** Threefry-2x32 with 20 rounds, as `threefry` computes it. */
function threefryOf([key0, key1]: WordValues, [counter0, counter1]: WordValues): WordValues {
  const keys = [key0, key1, binary('xor', binary('xor', key0, key1), i32(parity))];
  let x0 = binary('add', counter0, key0);
  let x1 = binary('add', counter1, key1);
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2]!) {
      x0 = binary('add', x0, x1);
      x1 = binary('xor', binary('rotl', x1, i32(rotation)), x0);
    }
    x0 = binary('add', x0, keys[(group + 1) % 3]!);
    x1 = binary('add', binary('add', x1, keys[(group + 2) % 3]!), i32(group + 1));
  }
  return [x0, x1];
}

/** The words of one key in registers. */
function keyAt(key: StridedView): readonly [before: readonly Statement[], words: WordValues] {
  const words = [local('key0', 'i32'), local('key1', 'i32')] as const;
  return [words.map((word, k) => letIn(word, elementAt(key, [i32(k)]))), words];
}

function stored(view: StridedView, words: WordValues): readonly Statement[] {
  return words.map((word, k) => store(view.buffer, addressIn(view, [i32(k)]), word));
}

function around(
  counters: readonly ReturnType<typeof index>[],
  shape: readonly number[],
  body: readonly Statement[],
): readonly Statement[] {
  return counters.reduceRight<readonly Statement[]>(
    (inner, counter, k) => [forLoop(counter, i32(0), i32(shape[k]!), [block(inner)])],
    body,
  );
}

/** Indices into an operand of lower rank, or with axes of size 1. */
function broadcastAt(counters: readonly Value[], shape: readonly number[]): readonly Value[] {
  const own = counters.slice(counters.length - shape.length);
  return own.map((counter, k) => (shape[k] === 1 ? i32(0) : counter));
}

function unsigned(word: Value): Value {
  const signed = convert('f64', word);
  const wrapped = binary('add', signed, constantOf('f64', 2 ** 32));
  return select(compare('lt', signed, constantOf('f64', 0)), wrapped, signed);
}

function ratio({ numerator, denominator }: Rational, x: Value): Value {
  const horner = (coefficients: readonly number[]): Value =>
    coefficients
      .slice(0, -1)
      .reduceRight<Value>(
        (sum, coefficient) => binary('add', binary('mul', sum, x), constantOf('f64', coefficient)),
        constantOf('f64', coefficients.at(-1)!),
      );
  return binary('div', horner(numerator), horner(denominator));
}
