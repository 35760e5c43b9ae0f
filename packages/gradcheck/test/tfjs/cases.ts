import * as tf from '@tensorflow/tfjs';
import type { TensorLike } from '@cotangent/tensor';
import { column, filter, image, inside, positive, row, x23, x32, y23 } from './data.ts';
import type { TfFunction } from './rule-of.ts';

/** A function of TensorFlow.js and a point. */
export interface TfCase {
  readonly name: string;
  readonly f: TfFunction;
  readonly point: readonly TensorLike[];
}

function at(name: string, f: TfFunction, ...point: readonly TensorLike[]): TfCase {
  return { name, f, point };
}

/** Types of the functions for images: ranks are in the types of TensorFlow.js, and nowhere else here. */
type Image = tf.Tensor4D;
const condition = (): tf.Tensor => tf.tensor([1, 0, 1, 0, 0, 1], [2, 3], 'bool');

/** One value in, one out, at points where they are smooth. */
export const unary: readonly TfCase[] = [
  at('neg', (x) => tf.neg(x!), x23),
  at('abs', (x) => tf.abs(x!), x23),
  at('square', (x) => tf.square(x!), x23),
  at('reciprocal', (x) => tf.reciprocal(x!), x23),
  at('sqrt', (x) => tf.sqrt(x!), positive),
  at('rsqrt', (x) => tf.rsqrt(x!), positive),
  at('exp', (x) => tf.exp(x!), x23),
  at('expm1', (x) => tf.expm1(x!), x23),
  at('log', (x) => tf.log(x!), positive),
  at('log1p', (x) => tf.log1p(x!), positive),
  at('sin', (x) => tf.sin(x!), x23),
  at('cos', (x) => tf.cos(x!), x23),
  at('tan', (x) => tf.tan(x!), x23),
  at('asin', (x) => tf.asin(x!), inside),
  at('acos', (x) => tf.acos(x!), inside),
  at('atan', (x) => tf.atan(x!), x23),
  at('sinh', (x) => tf.sinh(x!), x23),
  at('cosh', (x) => tf.cosh(x!), x23),
  at('tanh', (x) => tf.tanh(x!), x23),
  at('asinh', (x) => tf.asinh(x!), x23),
  at('acosh', (x) => tf.acosh(x!), [1.5, 2.5, 4]),
  at('atanh', (x) => tf.atanh(x!), inside),
  at('erf', (x) => tf.erf(x!), [-1.2, -0.3, 0.4, 1.1]),
  at('sigmoid', (x) => tf.sigmoid(x!), x23),
  at('logSigmoid', (x) => tf.logSigmoid(x!), x23),
  at('softplus', (x) => tf.softplus(x!), x23),
  at('relu', (x) => tf.relu(x!), x23),
  at('relu6', (x) => tf.relu6(x!), [-1, 2, 7]),
  at('elu', (x) => tf.elu(x!), x23),
  at('selu', (x) => tf.selu(x!), x23),
  at('leakyRelu', (x) => tf.leakyRelu(x!, 0.1), x23),
  at('clipByValue', (x) => tf.clipByValue(x!, -1, 1), x23),
  at('floor', (x) => tf.floor(x!), x23),
  at('sign', (x) => tf.sign(x!), x23),
];

/** Two values in, mostly broadcast. */
export const binary: readonly TfCase[] = [
  at('add', (x, y) => tf.add(x!, y!), x23, row),
  at('sub', (x, y) => tf.sub(x!, y!), x23, column),
  at('mul', (x, y) => tf.mul(x!, y!), x23, row),
  at('div', (x, y) => tf.div(x!, y!), x23, column),
  at('pow', (x, y) => tf.pow(x!, y!), positive, row),
  at('atan2', (x, y) => tf.atan2(x!, y!), x23, row),
  at('mod', (x, y) => tf.mod(x!, y!), x23, [0.9, 1.1, -1.5]),
  at('prelu', (x, a) => tf.prelu(x!, a!), x23, [0.1, 0.2, 0.3]),
  at('maximum, same shapes', (x, y) => tf.maximum(x!, y!), x23, y23),
  at('squaredDifference, same shapes', (x, y) => tf.squaredDifference(x!, y!), x23, y23),
  at('where', (x, y) => tf.where(condition(), x!, y!), x23, y23),
];

/** Sums, extrema, scans, and what is normalised by them. */
export const reductions: readonly TfCase[] = [
  at('sum', (x) => tf.sum(x!, 1), x23),
  at('mean', (x) => tf.mean(x!, 0), x23),
  at('max', (x) => tf.max(x!, 1), x23),
  at('min', (x) => tf.min(x!, 0), x23),
  at('prod', (x) => tf.prod(x!, 1), x23),
  at('prod with a zero', (x) => tf.prod(x!), [2, 0, 3]),
  at('logSumExp', (x) => tf.logSumExp(x!, 1), x23),
  at('norm', (x) => tf.norm(x!), x23),
  at('variance', (x) => tf.moments(x!, 1).variance, x23),
  at('cumsum', (x) => tf.cumsum(x!, 1, true, true), x23),
  at('softmax', (x) => tf.softmax(x!), x23),
  at('logSoftmax', (x) => tf.logSoftmax(x!), x23),
];

/** Products and convolutions, pooling, and what moves elements. */
export const structural: readonly TfCase[] = [
  at('matMul', (a, b) => tf.matMul(a!, b!), x23, x32),
  at('matMul, first transposed', (a, b) => tf.matMul(a!, b!, true, false), x23, y23),
  at('matMul, both transposed', (a, b) => tf.matMul(a!, b!, true, true), x32, x23),
  at(
    'conv2d',
    (x, w) => tf.conv2d(x as Image, w as Image, 1, 'valid'),
    image(3, 4, 2),
    filter(2, 2, 2, 2),
  ),
  at(
    'depthwiseConv2d',
    (x, w) => tf.depthwiseConv2d(x as Image, w as Image, 1, 'valid'),
    image(3, 4, 2),
    filter(2, 2, 2, 2),
  ),
  at('maxPool', (x) => tf.maxPool(x as Image, 2, 1, 'valid'), image(3, 4, 2)),
  at('avgPool, valid', (x) => tf.avgPool(x as Image, [2, 3], 1, 'valid'), image(3, 4, 2)),
  at('resizeBilinear, square', (x) => tf.image.resizeBilinear(x as Image, [6, 5]), image(4, 4, 1)),
  at('gather, repeated', (x) => tf.gather(x!, tf.tensor1d([2, 0, 2], 'int32'), 1), x23),
  at('slice', (x) => tf.slice(x!, [0, 1], [2, 2]), x23),
  at('concat', (x, y) => tf.concat([x!, y!], 1), x23, y23),
  at(
    'pad',
    (x) =>
      tf.pad(x!, [
        [1, 0],
        [0, 2],
      ]),
    x23,
  ),
  at('transpose', (x) => tf.transpose(x!), x23),
  at('reverse', (x) => tf.reverse(x!, 1), x23),
  at('tile', (x) => tf.tile(x!, [2, 3]), x23),
  at('broadcastTo', (x) => tf.broadcastTo(x!, [2, 3]), row),
  at('unsortedSegmentSum', (x) => tf.unsortedSegmentSum(x!, tf.tensor1d([1, 0], 'int32'), 3), x23),
];

/** A kink, and the slope that is taken there, with a cotangent of ones. */
export const kinks: readonly (TfCase & { readonly slopes: readonly number[] })[] = [
  { ...at('abs at 0', (x) => tf.abs(x!), [0, 1, -2]), slopes: [-1, 1, -1] },
  { ...at('relu at 0', (x) => tf.relu(x!), [0, 1, -1]), slopes: [0, 1, 0] },
  { ...at('relu6 at 0 and 6', (x) => tf.relu6(x!), [0, 6, 3]), slopes: [0, 1, 1] },
  { ...at('leakyRelu at 0', (x) => tf.leakyRelu(x!, 0.125), [0, 1]), slopes: [0.125, 1] },
  {
    ...at('clip at its bounds', (x) => tf.clipByValue(x!, -1, 1), [-1, 1, 0.5]),
    slopes: [1, 1, 1],
  },
  { ...at('maximum of a tie', (x) => tf.maximum(x!, tf.scalar(2)), [2, 3]), slopes: [1, 1] },
  { ...at('minimum of a tie', (x) => tf.minimum(x!, tf.scalar(2)), [2, 1]), slopes: [1, 1] },
];

/** What is wrong: the check that says so, and a piece of what it says. */
export interface TfFault extends TfCase {
  readonly check: string;
  readonly says: string;
}

export const faults: readonly TfFault[] = [
  {
    ...at('floorDiv', (x, y) => tf.floorDiv(x!, y!), [5.5, -5.3], [2, 2]),
    check: 'vjp.value',
    says: 'not zero although the function does not move', // the gradient is that of a plain division
  },
  {
    ...at('max of a tie', (x) => tf.max(x!), [1, 3, 3]),
    check: 'kink.subgradient',
    says: 'a factor 2 too many', // the whole gradient goes to each of two equal maxima
  },
  {
    ...at('min of a tie', (x) => tf.min(x!), [3, 1, 1]),
    check: 'kink.subgradient',
    says: 'a factor 2 too many',
  },
  {
    ...at('avgPool, same', (x) => tf.avgPool(x as Image, [2, 3], 1, 'same'), image(3, 4, 1)),
    check: 'vjp.value',
    says: 'numeric 0.5', // forward divides by the elements inside the image, backward by all of the window
  },
  {
    ...at(
      'mirrorPad',
      (x) =>
        tf.mirrorPad(
          x!,
          [
            [1, 0],
            [0, 2],
          ],
          'reflect',
        ),
      x23,
    ),
    check: 'vjp.value',
    says: 'zero although the function depends on it', // reflected elements get nothing back
  },
  {
    ...at(
      'resizeBilinear, half pixel centers',
      (x) => tf.image.resizeBilinear(x as Image, [6, 5], false, true),
      image(4, 4, 1),
    ),
    check: 'vjp.value',
    says: 'differ', // the gradient is that without half pixel centers
  },
  {
    ...at('norm at 0', (x) => tf.norm(x!), [0, 0]),
    check: 'pullback.zero',
    says: 'not finite where the function is',
  },
  {
    ...at('sqrt at 0', (x) => tf.sqrt(x!), [0, 1]),
    check: 'pullback.zero',
    says: 'a cotangent of 0 gives a gradient that is not 0', // 0/0
  },
];

/** What throws when a gradient is asked for. */
export const missing: readonly (TfCase & { readonly says: string })[] = [
  {
    ...at('maximum, broadcast', (x, y) => tf.maximum(x!, y!), x23, row),
    says: "gradient of input 'b' has shape '2,3', which does not match the shape of the input '3'",
  },
  {
    ...at('squaredDifference, broadcast', (x, y) => tf.squaredDifference(x!, y!), x23, row),
    says: "gradient of input 'b' has shape '2,3', which does not match the shape of the input '3'",
  },
  {
    ...at(
      'resizeBilinear, not square',
      (x) => tf.image.resizeBilinear(x as Image, [6, 5]),
      image(3, 4, 1),
    ),
    says: "has shape '1,4,3,1', which does not match the shape of the input '1,3,4,1'",
  },
  {
    ...at(
      'batchNorm without scale',
      (x, m, v) => tf.batchNorm(x as tf.Tensor2D, m as tf.Tensor1D, v as tf.Tensor1D),
      x23,
      row,
      [1, 2, 3],
    ),
    says: "Cannot read properties of undefined (reading 'dataId')",
  },
  {
    ...at(
      'where with a condition computed from x',
      (x) => tf.where(tf.greater(x!, 0), tf.square(x!), x!),
      x23,
    ),
    says: 'gradient function not found for Greater',
  },
  {
    ...at('divNoNan', (x, y) => tf.divNoNan(x!, y!), x23, row),
    says: 'gradient function not found for Equal',
  },
  {
    ...at('cumprod', (x) => tf.cumprod(x!, 1), x23),
    says: 'gradient function not found for Cumprod',
  },
  {
    ...at('stridedSlice', (x) => tf.stridedSlice(x!, [0, 0], [2, 3], [1, 2]), x23),
    says: 'gradient function not found for StridedSlice',
  },
  {
    ...at('gatherND', (x) => tf.gatherND(x!, tf.tensor2d([[0, 1]], [1, 2], 'int32')), x23),
    says: 'gradient function not found for GatherNd',
  },
  {
    ...at('einsum', (a, b) => tf.einsum('ij,jk->ik', a!, b!), x23, x32),
    says: 'gradient function not found for Einsum',
  },
];
