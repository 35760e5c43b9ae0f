import { binary, compare, constantOf, select, unary } from '@cotangent/loops';
import { isFloat } from '@cotangent/tensor';
import { asVariable, constant, elementwise, isVariable } from '@cotangent/graph';
import type { Binary, Operand, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, mul, neg, sub } from '../elementwise/arithmetic.ts';
import { log, xlog1py, xlogy } from '../elementwise/exponential.ts';
import { sigmoid } from '../elementwise/sigmoid.ts';
import { logSoftmax } from '../reduce/softmax.ts';
import { reduceSum } from '../reduce/sum.ts';
import { pickLabel } from './labels.ts';
import { weigh } from './weigh.ts';

/**
 * z = −t log σ(x) − (1 − t) log(1 − σ(x)) = max(x, 0) − x t + log(1 + e^−|x|), elementwise and broadcast: the cross-entropy
 * of the target t and the probability σ(x), from the logit x.  ∂z/∂x = σ(x) − t,  ∂z/∂t = −x.
 *
 * @throws ShapeError `SHAPE_BROADCAST`.
 * @example sigmoidCrossEntropy([0, 100], [1, 1]) // [log 2, 0]
 */
export const sigmoidCrossEntropy: Binary = elementwise('sigmoidCrossEntropy', 2, {
  eval: (x, t) => x * ((x > 0 ? 1 : 0) - t) + Math.log1p(Math.exp(-Math.abs(x))),
  lower: ([x, t], type) => {
    const [zero, one] = [constantOf(type, 0), constantOf(type, 1)];
    const isPositive = select(compare('gt', x, zero), one, zero);
    const linear = binary('mul', x, binary('sub', isPositive, t)); // max(x, 0) − x t may overflow
    return binary('add', linear, unary('log1p', unary('exp', unary('neg', unary('abs', x)))));
  },
  dtype: 'float',
  diff: [(g, [x, t]) => mul(g, sub(sigmoid(x), t)), (g, [x], z) => neg(mul(castTo(x, z.dtype), g))],
  points: [
    [0.5, 1],
    [-2, 0.25],
    [0, 0],
    [40, 0],
    [-40, 1],
  ],
});

/**
 * −t log p − (1 − t) log(1 − p), elementwise and broadcast: the cross-entropy of targets and probabilities. Where the
 * probability is computed by `sigmoid`, {@link sigmoidCrossEntropy} of its argument is exact also near 0 and 1. Nothing is
 * clipped: +∞ where the target contradicts a probability of 0 or 1.
 *
 * @param prediction - probabilities, in [0, 1].
 * @param target - in [0, 1].
 * @throws ShapeError `SHAPE_BROADCAST`.
 * @example binaryCrossEntropy(0.5, 1) // log 2
 */
export function binaryCrossEntropy(prediction: Operand, target: Operand): Variable {
  const [p, t] = [
    asVariable(prediction, 'binaryCrossEntropy', 0),
    asVariable(target, 'binaryCrossEntropy', 1),
  ];
  return neg(add(xlogy(t, p), xlog1py(sub(1, floated(t, p)), neg(p))));
}

/**
 * −Σ t log softmax(x) over the last axis, broadcast: the cross-entropy of target distributions and logits. A weight of 0
 * contributes nothing, whatever the logit. ∂/∂x = softmax(x) Σ t − t,  ∂/∂t = −log softmax(x).
 *
 * @param prediction - logits, shape […, classes].
 * @param target - weights, shape […, classes]; a row that sums to 1 is a distribution.
 * @returns shape […].
 * @throws ShapeError `SHAPE_BROADCAST`; ValueError `AXIS_OUT_OF_RANGE` for a scalar.
 * @example softmaxCrossEntropy([0, 0], [1, 0]) // log 2
 */
export function softmaxCrossEntropy(prediction: Operand, target: Operand): Variable {
  const logits = asVariable(prediction, 'softmaxCrossEntropy', 0);
  return neg(sumOverClasses(weigh(target, logSoftmax(logits, { axis: -1 }))));
}

/**
 * −log softmax(x)[label] over the last axis: the cross-entropy of labels and logits. ∂/∂x = softmax(x) − oneHot(label).
 *
 * @param prediction - logits, shape […, classes].
 * @param target - labels from 0 to classes − 1, int32 or uint8, shape […]; plain numbers are taken as int32.
 * @returns shape […].
 * @throws ShapeError `OP_LABEL_SHAPE`; DTypeError `OP_DTYPE_REJECTED` for labels of another dtype; ValueError
 *   `INDEX_OUT_OF_RANGE` at run time, with the position of the label.
 * @example mean(sparseSoftmaxCrossEntropy(logits, labels))
 */
export function sparseSoftmaxCrossEntropy(prediction: Operand, target: Operand): Variable {
  const logits = asVariable(prediction, 'sparseSoftmaxCrossEntropy', 0);
  return neg(pickLabel(logSoftmax(logits, { axis: -1 }), asLabels(target)));
}

/**
 * −Σ t log p, or −log p[label], over the last axis: the cross-entropy of distributions or labels and probabilities. Where
 * those are a softmax, {@link softmaxCrossEntropy} and {@link sparseSoftmaxCrossEntropy} of its argument are exact also
 * where it is close to 0. Nothing is clipped.
 *
 * @param prediction - probabilities, shape […, classes].
 * @param target - distributions of the same shape (floats), or labels (int32 or uint8) of shape […].
 * @returns shape […].
 * @throws as {@link softmaxCrossEntropy} and {@link sparseSoftmaxCrossEntropy}.
 * @example categoricalCrossEntropy([0.25, 0.75], [0, 1]) // -log 0.75
 */
export function categoricalCrossEntropy(prediction: Operand, target: Operand): Variable {
  const p = asVariable(prediction, 'categoricalCrossEntropy', 0);
  const t = asVariable(target, 'categoricalCrossEntropy', 1);
  if (t.dtype === 'int32' || t.dtype === 'uint8') return neg(log(pickLabel(p, t)));
  return neg(sumOverClasses(xlogy(t, p)));
}

function sumOverClasses(x: Variable): Variable {
  return reduceSum(x, { axes: [x.rank - 1], keepDims: false });
}

/** An integer target in the dtype of the probabilities. */
function floated(t: Variable, p: Variable): Variable {
  return isFloat(t.dtype) || !isFloat(p.dtype) ? t : castTo(t, p.dtype);
}

function asLabels(target: Operand): Variable {
  if (isVariable(target)) return target;
  const isPlain = typeof target === 'number' || Array.isArray(target);
  return isPlain ? constant(target, { dtype: 'int32' }) : constant(target);
}
