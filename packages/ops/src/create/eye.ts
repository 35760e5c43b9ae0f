import { checkDType, zerosTensor } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import {
  callable,
  constant,
  defineOp,
  disconnected,
  isKnownShape,
  tensorType,
} from '@cotangent/graph';
import type { Callable, OpFunction, Variable } from '@cotangent/graph';
import { asShapeVector, staticSizes } from '../shape/shape.ts';
import type { CreateOptions } from './fill.ts';

type EyeAttrs = { readonly k: number; readonly dtype: DType };

/** Y[i, j] = 1 where j = i + k, else 0, of the two sizes given.  Nothing flows back. */
const eyeOp: OpFunction<1, 1, EyeAttrs> = defineOp<1, 1, EyeAttrs>(
  'eye',
  { inputs: 1, outputs: 1 },
  {
    infer: (_, { dtype }, [sizes]) => [tensorType(dtype, staticSizes(sizes, 'eye'))],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    eval: ([sizes], { k, dtype }) => [eyeTensor(sizes.get(0), sizes.get(1), k, dtype)],
    samples: [
      { inputs: [{ value: [2, 3], dtype: 'int32' }], attrs: { k: 1, dtype: 'float64' } },
      {
        name: 'empty',
        inputs: [{ value: [0, 3], dtype: 'int32' }],
        attrs: { k: 0, dtype: 'int32' },
      },
    ],
  },
);

/** Options of {@link eye}. */
export interface EyeOptions extends CreateOptions {
  /** The diagonal: 0 the main one, positive above it, negative below. Default 0. */
  readonly k?: number | undefined;
}

/**
 * A matrix with ones on a diagonal and zeros elsewhere. A constant if the sizes are numbers.
 *
 * @param n - rows: a number or an integer scalar of the graph.
 * @param m - columns; default `n`.
 * @throws ValueError `OP_INVALID_SIZE`; DTypeError `DTYPE_UNKNOWN`.
 * @example eye(2, 3, { k: 1 }) // [[0, 1, 0], [0, 0, 1]]
 */
export const eye: Callable<
  (n: number | Variable, m?: number | Variable, options?: EyeOptions) => Variable
> = callable(
  eyeOp.op,
  (n: number | Variable, m: number | Variable = n, options: EyeOptions = {}): Variable => {
    const dtype = checkDType(options.dtype ?? 'float64', 'eye');
    const k = options.k ?? 0;
    const vector = asShapeVector([n, m], 'eye');
    const sizes = staticSizes(vector, 'eye');
    if (!isKnownShape(sizes)) return eyeOp(vector, { k, dtype });
    return constant(eyeTensor(sizes[0]!, sizes[1]!, k, dtype));
  },
);

/**
 * The square matrix with ones on its diagonal.
 *
 * @throws as {@link eye}.
 * @example identityMatrix(2) // [[1, 0], [0, 1]]
 */
export function identityMatrix(n: number | Variable, options: CreateOptions = {}): Variable {
  return eye(n, n, options);
}

function eyeTensor(rows: number, columns: number, k: number, dtype: DType): Tensor {
  const y = zerosTensor([rows, columns], dtype);
  const last = Math.min(rows, columns - k);
  for (let i = Math.max(0, -k); i < last; i++) y.data[i * columns + i + k] = 1;
  return y;
}
