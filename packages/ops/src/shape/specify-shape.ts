import { ShapeError } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  defineOp,
  disconnected,
  formatShape,
  isKnownShape,
  shapesConflict,
} from '@cotangent/graph';
import type { Apply, Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { asShapeVector, batchSizes, shapeOwner, sizesIn, staticSizes } from './shape.ts';
import { shapeAt } from './size.ts';

/** y = x if x has the shape, else an error.  x̄ = specifyShape ȳ. */
const specifyShapeOp: OpFunction<2, 1> = defineOp<2, 1>(
  'specifyShape',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x], _, [, sizes]) => [
      { ...x, shape: specified(x.shape, staticSizes(sizes, 'specifyShape')) },
    ],
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, sizes] }) => specifyShapeOp(xDot, sizes), () => disconnected],
    pullback: ([yBar], { inputs: [, sizes] }) => [specifyShapeOp(yBar, sizes), disconnected],
    batch: ([x, sizes]) =>
      sizes.isBatched
        ? undefined
        : [batched(specifyShapeOp(x.value, batchSizes(x.value, sizes.value)))],
    eval: ([x, sizes]) => {
      specified(x.shape, sizesIn(sizes));
      return [x];
    },
    simplify: { node: provenShape },
    shapeLike: ([x, sizes]) => shapeOwner(sizes) ?? x,
    samples: [
      { inputs: [[[1.5, -2, 3]], { value: [1, 3], dtype: 'int32' }] },
      { name: 'rank 0', inputs: [1.5, { value: [], dtype: 'int32' }] },
    ],
  },
);

/**
 * `x`, whose shape is stated: what is said here is known of the result before the graph is run, and checked
 * when it is.
 *
 * @param shape - one entry per axis, `null` for a size that is not stated; or one int32 vector of the graph.
 * @throws ShapeError `OP_SPECIFY_SHAPE` if the shape is another one, at run time where sizes are not known
 *   before; ValueError `OP_INVALID_SIZE`.
 * @example specifyShape(x, [null, 3]) // a matrix with three columns
 */
export const specifyShape: Callable<
  (x: Operand, shape: readonly (number | Variable | null)[] | Variable) => Variable
> = callable(
  specifyShapeOp.op,
  (x: Operand, shape: readonly (number | Variable | null)[] | Variable): Variable => {
    const variable = asVariable(x, 'specifyShape');
    // Array.isArray does not narrow a readonly array away.
    if (!Array.isArray(shape)) return specifyShapeOp(variable, shape as Variable);
    const list: readonly (number | Variable | null)[] = shape;
    if (list.length !== variable.rank) throw otherShape(variable.shape, list.map(sizeOrNull));
    const sizes = list.map((size, axis) => size ?? shapeAt(variable, axis));
    return specifyShapeOp(variable, asShapeVector(sizes, 'specifyShape'));
  },
);

/** specifyShape(x, sizes) = x where both are known: inference has compared them. */
function provenShape({ inputs: [x, sizes] }: Apply): readonly Variable[] | undefined {
  return x !== undefined && sizes?.kind === 'constant' && isKnownShape(x.shape) ? [x] : undefined;
}

function sizeOrNull(size: number | Variable | null): number | null {
  return typeof size === 'number' ? size : null;
}

function specified(from: Shape, to: Shape): Shape {
  if (shapesConflict(from, to)) throw otherShape(from, to);
  return from.map((size, axis) => size ?? to[axis] ?? null);
}

function otherShape(from: Shape, to: Shape): ShapeError {
  return new ShapeError(
    `specifyShape: the shape is ${formatShape(from)}, not ${formatShape(to)} as stated`,
    {
      code: 'OP_SPECIFY_SHAPE',
      hint: 'state what is known, null for the rest, or pass a tensor of that shape',
      data: { op: 'specifyShape', from, to },
    },
  );
}
