import type { Apply } from '@cotangent/graph';

/** The axes that a reduction sums over, from its attributes or, for sumTo, from the two shapes. */
export function reducedAxes(
  node: Apply,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  if (node.op.name === 'sumTo') {
    const added = from.length - to.length;
    return from.flatMap((size, axis) =>
      axis < added || (to[axis - added] === 1 && size !== 1) ? [axis] : [],
    );
  }
  const axes: unknown = 'axes' in node.attrs ? node.attrs.axes : undefined;
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : undefined;
}
