import {
  compare,
  elementAt,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  local,
  refuse,
  registerType,
} from '@cotangent/loops';
import type { Lowering, Statement, StridedView } from '@cotangent/loops';

/**
 * A lowering that gives up where its result has a NaN in a row that tells: a matrix that cannot be factored
 * leaves one there. The op's own evaluation then says what is wrong, or its result stands.
 *
 * @param rowOf - the row, from the number of rows and the attributes; `undefined` for no check.
 */
export function refusingNaN<A extends object>(
  lower: Lowering<A>,
  rowOf: (rows: number, attrs: A) => number | undefined,
): Lowering<A> {
  return (context) => {
    const statements = lower(context);
    const y = context.outputs[0]!;
    const row = rowOf(y.shape.at(-2)!, context.attrs);
    const isEmpty = y.shape.includes(0);
    return statements === undefined || row === undefined || isEmpty
      ? statements
      : [...statements, ...checked(y, row)];
  };
}

function checked(y: StridedView, row: number): readonly Statement[] {
  const counters = y.shape.map((_, axis) => index(`r${axis}`));
  const last = counters.length - 1;
  const entry = local('entry', registerType[y.buffer.dtype]);
  const point = counters.map((counter, axis) => (axis === last - 1 ? i32(row) : counter));
  const check: readonly Statement[] = [
    letIn(entry, elementAt(y, point)),
    ifThen(compare('ne', entry, entry), [refuse()]),
  ];
  return counters.reduceRight<readonly Statement[]>(
    (body, counter, axis) =>
      axis === last - 1 ? body : [forLoop(counter, i32(0), i32(y.shape[axis]!), body)],
    check,
  );
}
