import { floatResult, resultType } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  defineOp,
  disconnected,
  promotableOf,
  promotableType,
  zero,
} from '@cotangent/graph';
import type {
  Callable,
  Op,
  OpFunction,
  Operand,
  Shape,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { ValueError } from '@cotangent/graph';
import { convolve, convolveInput, convolveKernel } from '../kernels/conv.ts';
import { shapeVectorOf, sizesIn, staticSizes } from '../shape/shape.ts';
import { foldedBatch, mergedSizes, stackedAdjoint, stackedBatch } from './conv-batch.ts';
import { lowerConv, lowerConvInput, lowerConvKernel, lowerStack } from './conv-lower.ts';
import { convShape, fitting, geometryOf, stack } from './conv-eval.ts';
import { checkedPadding, perAxis } from './geometry.ts';
import type { ConvAttrs, Padding } from './geometry.ts';

// The three are one trilinear form, Σ y x w over what the geometry joins, solved for each of its arguments. So they are
// closed under differentiation: the adjoints of each are the other two.

const plain: ConvAttrs = {
  strides: [1],
  padding: 'valid',
  inputDilation: [1],
  kernelDilation: [1],
  groups: 1,
  flipKernel: false,
  stacked: 0,
};
const uneven: ConvAttrs = {
  strides: [2],
  padding: [[2, -1]],
  inputDilation: [2],
  kernelDilation: [1],
  groups: 2,
  flipKernel: true,
  stacked: 0,
};
const signal = [
  [
    [1.5, -2, 3, 0.5],
    [4, 5, -6.5, 1],
  ],
];
const filters = [[[0.5, 1, -1]], [[2, 3, 0.25]]];
const filter = [
  [
    [0.5, 1],
    [-1, 2],
  ],
];

/** y[n, o, m] = Σ_{c, k} x[n, c, s m + d k − low] w[o, c, k].  x̄ = convInput(ȳ, w),  w̄ = convKernel(x, ȳ). */
const convOp: OpFunction<2, 1, ConvAttrs> = defineOp<2, 1, ConvAttrs>(
  'conv',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, w], attrs) => [floating(x, w, convShape(x.shape, w.shape, attrs))],
    pushforward: [
      (xDot, { inputs: [, w], attrs }) => convOp(xDot, w, attrs),
      (wDot, { inputs: [x], attrs }) => convOp(x, wDot, attrs),
    ],
    pullback: ([yBar], { inputs: [x, w], needs, attrs }) => [
      needs[0] ? convInput(yBar, w, shapeVectorOf(x), attrs) : zero,
      needs[1] ? convKernel(x, yBar, shapeVectorOf(w), attrs) : zero,
    ],
    batch: ([x, w], { attrs }) =>
      w.isBatched || attrs.stacked > 0
        ? stackedBatch(x, w, attrs, convOp)
        : foldedBatch(x, (xs) => convOp(xs, w.value, attrs)),
    eval: ([x, w], attrs, [{ dtype }]) => {
      const shape = convShape(x.shape, w.shape, attrs).map(Number);
      return [stack(convolve, x, w, geometryOf(x.shape, w.shape, attrs), shape, dtype)];
    },
    lower: (context) => lowerStack(lowerConv, context, geometryOf),
    samples: [
      { inputs: [signal, filter], attrs: plain },
      { name: 'uneven', inputs: [signal, filters], attrs: uneven },
      {
        name: 'same',
        inputs: [signal, filter],
        attrs: { ...plain, padding: 'same', strides: [3] },
      },
    ],
  },
);

/** x̄ of conv: x[n, c, i] = Σ y[n, o, m] w[o, c, k] over s m + d k − low = a i.  Its third input is the shape of x. */
const convInput: OpFunction<3, 1, ConvAttrs> = defineOp<3, 1, ConvAttrs>(
  'convInput',
  { inputs: 3, outputs: 1 },
  {
    infer: ([y, w], _, [, , sizes]) => [floating(y, w, staticSizes(sizes, 'convInput'))],
    connectionPattern: [[true], [true], [false]],
    pushforward: [
      (yDot, { inputs: [, w, sizes], attrs }) => convInput(yDot, w, sizes, attrs),
      (wDot, { inputs: [y, , sizes], attrs }) => convInput(y, wDot, sizes, attrs),
      () => disconnected,
    ],
    pullback: ([xBar], { inputs: [y, w], needs, attrs }) => [
      needs[0] ? convOp(xBar, w, attrs) : zero,
      needs[1] ? convKernel(xBar, y, shapeVectorOf(w), attrs) : zero,
      disconnected,
    ],
    batch: ([y, w, sizes], { attrs }) => {
      const merged = sizes.isBatched ? undefined : mergedSizes(sizes.value, y.value);
      return w.isBatched || attrs.stacked > 0 || merged === undefined
        ? stackedAdjoint(y, w, sizes, attrs, convInput)
        : foldedBatch(y, (ys) => convInput(ys, w.value, merged, attrs));
    },
    eval: ([y, w, sizes], attrs, [{ dtype }]) => {
      const shape = sizesIn(sizes);
      const geometry = fitting(shape, w.shape, y.shape, attrs, 'convInput');
      return [stack(convolveInput, y, w, geometry, shape, dtype)];
    },
    lower: (context) => lowerStack(lowerConvInput, context, geometryOf),
    samples: [
      {
        inputs: [[[[1.5, -2, 3]]], filter, { value: [1, 2, 4], dtype: 'int32' }],
        attrs: plain,
      },
      {
        name: 'uneven',
        inputs: [
          [
            [
              [1.5, -2, 3],
              [4, 5, -6.5],
            ],
          ],
          filters,
          { value: [1, 2, 4], dtype: 'int32' },
        ],
        attrs: uneven,
      },
    ],
  },
);

/** w̄ of conv: w[o, c, k] = Σ x[n, c, i] y[n, o, m] over s m + d k − low = a i.  Its third input is the shape of w. */
const convKernel: OpFunction<3, 1, ConvAttrs> = defineOp<3, 1, ConvAttrs>(
  'convKernel',
  { inputs: 3, outputs: 1 },
  {
    infer: ([x, y], _, [, , sizes]) => [floating(x, y, staticSizes(sizes, 'convKernel'))],
    connectionPattern: [[true], [true], [false]],
    pushforward: [
      (xDot, { inputs: [, y, sizes], attrs }) => convKernel(xDot, y, sizes, attrs),
      (yDot, { inputs: [x, , sizes], attrs }) => convKernel(x, yDot, sizes, attrs),
      () => disconnected,
    ],
    pullback: ([wBar], { inputs: [x, y], needs, attrs }) => [
      needs[0] ? convInput(y, wBar, shapeVectorOf(x), attrs) : zero,
      needs[1] ? convOp(x, wBar, attrs) : zero,
      disconnected,
    ],
    batch: ([x, y, sizes], { attrs }) => stackedAdjoint(x, y, sizes, attrs, convKernel),
    eval: ([x, y, sizes], attrs, [{ dtype }]) => {
      const shape = sizesIn(sizes);
      const geometry = fitting(x.shape, shape, y.shape, attrs, 'convKernel');
      return [stack(convolveKernel, x, y, geometry, shape, dtype)];
    },
    lower: (context) => lowerStack(lowerConvKernel, context, geometryOf),
    samples: [
      {
        inputs: [signal, [[[1.5, -2, 3]]], { value: [1, 2, 2], dtype: 'int32' }],
        attrs: plain,
      },
      {
        name: 'uneven',
        inputs: [
          signal,
          [
            [
              [1.5, -2, 3],
              [4, 5, -6.5],
            ],
          ],
          { value: [2, 1, 3], dtype: 'int32' },
        ],
        attrs: uneven,
      },
    ],
  },
);

/** The records of a convolution and of its two adjoints. */
export const convolutions = (): readonly { readonly op: Op }[] => [convOp, convInput, convKernel];

/** Options of {@link conv}; a number stands for that number on every spatial axis. */
export interface ConvOptions {
  /** Steps of the window. Default 1. */
  readonly strides?: number | readonly number[] | undefined;
  /**
   * `'valid'` (default): none; `'same'`: so much that the output has ⌈n / stride⌉ entries; or `[before, after]` for each
   * spatial axis, negative to cut entries off.
   */
  readonly padding?: Padding | undefined;
  /** 1 + the number of zeros between neighbouring entries of the input. Default 1. */
  readonly inputDilation?: number | readonly number[] | undefined;
  /** 1 + the number of entries that the kernel skips. Default 1. */
  readonly kernelDilation?: number | readonly number[] | undefined;
  /** Channels and filters come in so many groups that do not mix. Default 1. */
  readonly groups?: number | undefined;
  /** Reverse the kernel along its spatial axes: convolution in the sense of mathematics. Default false. */
  readonly flipKernel?: boolean | undefined;
}

/**
 * Convolution over 1 to 3 spatial axes, as neural networks have it: cross-correlation, unless `flipKernel`.
 * y[n, o, m] = Σ_{c, k} x[n, c, stride · m + dilation · k − before] · w[o, c, k]. Integers are taken as floats; sums are
 * in float64 in the reference mode.
 *
 * @param x - shape [batch, channels, …spatial].
 * @param w - shape [filters, channels / groups, …spatial].
 * @returns shape [batch, filters, …spatial]: ⌊(dilated input + padding − dilated kernel) / stride⌋ + 1 along each axis, or
 *   0 where the kernel is longer than the input.
 * @throws ShapeError `OP_CONV_SHAPES` if ranks, channels or groups do not fit, at run time where sizes are not known
 *   before; ValueError `OP_WINDOW`, `OP_PADDING`, `OP_GROUPS`.
 * @example conv([[[1, 2, 3, 4]]], [[[1, -1]]]) // [[[-1, -1, -1]]]
 * @see Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning.
 */
export const conv: Callable<(x: Operand, w: Operand, options?: ConvOptions) => Variable> = callable(
  convOp.op,
  (x: Operand, w: Operand, options: ConvOptions = {}): Variable => {
    const [input, kernel] = [asVariable(x, 'conv', 0), asVariable(w, 'conv', 1)];
    return convOp(input, kernel, attrsOf(input.rank - 2, options));
  },
);

function attrsOf(axes: number, options: ConvOptions): ConvAttrs {
  const { padding = 'valid', groups = 1, flipKernel = false } = options;
  if (!(Number.isInteger(groups) && groups >= 1)) {
    throw new ValueError(`conv: ${String(groups)} groups`, {
      code: 'OP_GROUPS',
      hint: 'the number of groups is a whole number ≥ 1',
      data: { op: 'conv', groups },
    });
  }
  return {
    strides: perAxis(options.strides, axes, 'strides', 'conv'),
    padding: checkedPadding(padding, axes, 'conv'),
    inputDilation: perAxis(options.inputDilation, axes, 'inputDilation', 'conv'),
    kernelDilation: perAxis(options.kernelDilation, axes, 'kernelDilation', 'conv'),
    groups,
    flipKernel,
    stacked: 0,
  };
}

function floating(a: TensorType, b: TensorType, shape: Shape): TensorType {
  return promotableType(floatResult(resultType([a, b].map(promotableOf))), shape);
}
