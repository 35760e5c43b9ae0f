import {
  accumulate,
  addressIn,
  assign,
  binary,
  compare,
  constantOf,
  convert,
  elementAt,
  i32,
  ifThen,
  isNonzero,
  letIn,
  local,
  plus,
  refuse,
  registerType,
  select,
  store,
} from '@cotangent/loops';
import type {
  Local,
  LoweringContext,
  ReduceOp,
  Statement,
  StridedView,
  Value,
  ValueType,
} from '@cotangent/loops';
import { overIndices } from '../loops-over.ts';
import type { ReduceAttrs } from './axes.ts';

type Context = LoweringContext<ReduceAttrs>;

/** Sums of so many int32 are exact in float64: 2²² · 2³¹ = 2⁵³. */
const mostExact = 2 ** 22;

/** y = some element is not 0. */
export function lowerAny(context: Context): readonly Statement[] {
  return lowerFold(context, { type: 'i32', op: 'max', from: 0, entry: isNonzero });
}

/** y = no element is 0. */
export function lowerAll(context: Context): readonly Statement[] {
  return lowerFold(context, { type: 'i32', op: 'min', from: 1, entry: isNonzero });
}

/** y = Σ x of integers, refused where an int32 does not hold it. Backends sum floats in an order of their own: here only none. */
export function lowerSum(context: Context): readonly Statement[] | undefined {
  const type = registerType[context.inputs[0]!.buffer.dtype];
  if (type !== 'i32') return ofNothing(context, { type, op: 'add', from: 0, entry: (v) => v });
  if (countOf(context) > mostExact) return undefined;
  return lowerFold(context, { type: 'f64', op: 'add', from: 0, entry: toFloat, finish: asInt32 });
}

/** y = Π x of integers, refused where an int32 does not hold it; of floats as {@link lowerSum}. */
export function lowerProd(context: Context): readonly Statement[] | undefined {
  const type = registerType[context.inputs[0]!.buffer.dtype];
  if (type !== 'i32') return ofNothing(context, { type, op: 'mul', from: 1, entry: (v) => v });
  return lowerFold(context, { type: 'f64', op: 'mul', from: 1, entry: toFloat, finish: asInt32 });
}

/** y = the greatest or least x. @param from - what every value of the dtype beats. */
export function lowerExtremum(
  context: Context,
  op: 'max' | 'min',
  from: number,
): readonly Statement[] {
  const [x] = context.inputs;
  return lowerFold(context, { type: registerType[x!.buffer.dtype], op, from, entry: (v) => v });
}

/** y = the place of the first entry that beats all others, or of the first NaN. */
export function lowerPlace(
  { inputs, outputs, attrs }: Context,
  beats: 'gt' | 'lt',
): readonly Statement[] {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const type = registerType[x.buffer.dtype];
  const [best, where, at] = [local('best', type), local('where', 'i32'), local('at', 'i32')];
  const [entry, wins] = [local('entry', type), local('wins', 'i32')];
  return overGroups(x, y, attrs, (position, each) => [
    letIn(best, constantOf(type, 0)),
    letIn(where, i32(-1)),
    letIn(at, i32(0)),
    ...each(
      (value) => [
        letIn(entry, value),
        letIn(wins, takesOver(type, entry, best, where, beats)),
        assign(where, select(wins, at, where)),
        assign(best, select(wins, entry, best)),
        assign(at, plus(at, 1)),
      ],
      false,
    ),
    store(y.buffer, position, where),
  ]);
}

/** Whether an entry is the first, beats the best so far, or is the first NaN. */
function takesOver(
  type: ValueType,
  entry: Value,
  best: Value,
  where: Value,
  beats: 'gt' | 'lt',
): Value {
  const isFirst = compare('lt', where, i32(0));
  const isBetter = compare(beats, entry, best);
  if (type === 'i32') return binary('or', isFirst, isBetter);
  const becomesNan = binary('and', compare('ne', entry, entry), compare('eq', best, best));
  return binary('or', isFirst, binary('or', isBetter, becomesNan));
}

/** A reduction in one register: `entry` is what an element contributes, `finish` what becomes of the total. */
interface Fold {
  readonly type: ValueType;
  readonly op: ReduceOp;
  readonly from: number;
  readonly entry: (x: Value) => Value;
  readonly finish?: (total: Local) => readonly [readonly Statement[], Value];
}

function lowerFold({ inputs, outputs, attrs }: Context, fold: Fold): readonly Statement[] {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const total = local('total', fold.type);
  const [checks, result] = fold.finish?.(total) ?? [[], total];
  return overGroups(x, y, attrs, (position, each) => [
    letIn(total, constantOf(fold.type, fold.from)),
    ...each((value) => [accumulate(total, fold.op, fold.entry(value))], true),
    ...checks,
    store(y.buffer, position, result),
  ]);
}

/** A fold where there are no elements; `undefined` where there are. */
function ofNothing(context: Context, fold: Fold): readonly Statement[] | undefined {
  return context.inputs[0]!.shape.includes(0) ? lowerFold(context, fold) : undefined;
}

function toFloat(x: Value): Value {
  return convert('f64', x);
}

/** A whole number as int32; refused if it is none that an int32 holds. */
function asInt32(total: Local): readonly [readonly Statement[], Value] {
  const [least, greatest] = [-(2 ** 31), 2 ** 31 - 1].map((x) => constantOf('f64', x));
  const fits = binary('and', compare('ge', total, least!), compare('le', total, greatest!));
  return [[ifThen(compare('eq', fits, i32(0)), [refuse()])], convert('i32', total)];
}

function countOf({ inputs, attrs: { axes } }: Context): number {
  return axes.reduce((n, axis) => n * inputs[0]!.shape[axis]!, 1);
}

/** Loops over the elements of a group; `body` gets the value of each. */
type Each = (
  body: (value: Value) => readonly Statement[],
  inVectors: boolean,
) => readonly Statement[];

/** Loops over groups: `body` gets the position of a group's result and a way to loop over its elements, row-major. */
function overGroups(
  x: StridedView,
  y: StridedView,
  { axes, keepDims }: ReduceAttrs,
  body: (position: Value, each: Each) => readonly Statement[],
): readonly Statement[] {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  return overIndices(
    kept.map((axis) => x.shape[axis]!),
    (outer) => {
      const point = (inner: readonly Value[]): readonly Value[] =>
        x.shape.map((_, axis) =>
          axes.includes(axis) ? inner[axes.indexOf(axis)]! : outer[kept.indexOf(axis)]!,
        );
      const zeros = axes.map((): Value => i32(0));
      const each: Each = (inside, inVectors) =>
        overIndices(
          axes.map((axis) => x.shape[axis]!),
          (inner) => inside(elementAt(x, point(inner))),
          inVectors,
          'r',
        );
      return body(addressIn(y, keepDims ? point(zeros) : outer), each);
    },
    false,
  );
}
