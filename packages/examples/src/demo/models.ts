import {
  add,
  conv,
  logSoftmax,
  matmul,
  maxPool,
  mean,
  mul,
  neg,
  oneHot,
  reshape,
  sum,
  tanh,
  type Variable,
} from 'cotangent';
import { digitCount } from './mnist.ts';

/** A weight or bias that a model learns. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of its first random values; 0 starts it at zero. */
  readonly scale: number;
}

/** How a model turns images into scores. The cost, its gradient and the rest follow from that. */
export interface Classifier {
  readonly name: string;
  /** The formula, for people. */
  readonly formula: string;
  /** Pixels of an image. */
  readonly inputs: number;
  readonly parameters: readonly ParameterSpec[];
  /**
   * @param images - `[n, inputs]`, floating.
   * @param parameters - one variable for each of `this.parameters`.
   * @returns `[n, 10]`: the greater a score, the likelier the digit.
   */
  readonly scores: (images: Variable, parameters: readonly Variable[]) => Variable;
}

/** Scores linear in the pixels: one weight for each pixel and digit. Its cost is convex, so zero is a fine start. */
export function logisticRegression(inputs: number): Classifier {
  return {
    name: 'logistic regression',
    formula: 'scores = images · W + b',
    inputs,
    parameters: [
      { name: 'W', shape: [inputs, digitCount], scale: 0 },
      { name: 'b', shape: [digitCount], scale: 0 },
    ],
    scores: (images, parameters) => layer(images, parameters, 0),
  };
}

/**
 * Two such layers with a bend between them. Random weights of variance 1 / inputs keep the first sums near 1, where
 * tanh is neither flat nor straight (LeCun et al. 1998, Efficient BackProp, section 4.6).
 */
export function twoLayerNetwork(inputs: number, hidden: number): Classifier {
  return {
    name: 'two-layer network',
    formula: 'scores = tanh(images · W₁ + b₁) · W₂ + b₂',
    inputs,
    parameters: [
      { name: 'W₁', shape: [inputs, hidden], scale: Math.sqrt(1 / inputs) },
      { name: 'b₁', shape: [hidden], scale: 0 },
      { name: 'W₂', shape: [hidden, digitCount], scale: Math.sqrt(1 / hidden) },
      { name: 'b₂', shape: [digitCount], scale: 0 },
    ],
    scores: (images, parameters) => layer(tanh(layer(images, parameters, 0)), parameters, 2),
  };
}

/**
 * Two rounds of filters that slide over the image, each followed by a bend and by the maximum of every 2 × 2 places; then
 * scores linear in what is left (LeCun et al. 1998, Gradient-based learning applied to document recognition, section II).
 *
 * @param edge - length of an image's edge.
 * @param filters - of the first round; the second has twice as many.
 * @param width - of a filter. `edge`, less `width − 1`, halved, less `width − 1`, halved again, is a whole number.
 */
export function convolutionalNetwork(edge: number, filters: number, width: number): Classifier {
  const left = ((edge - width + 1) / 2 - width + 1) / 2;
  const features = 2 * filters * left * left;
  return {
    name: 'convolutional network',
    formula: 'scores = pool(tanh(pool(tanh(images ∗ K₁ + b₁)) ∗ K₂ + b₂)) · W + b',
    inputs: edge * edge,
    parameters: [
      { name: 'K₁', shape: [filters, 1, width, width], scale: 1 / width },
      { name: 'b₁', shape: [filters, 1, 1], scale: 0 },
      {
        name: 'K₂',
        shape: [2 * filters, filters, width, width],
        scale: 1 / (width * Math.sqrt(filters)),
      },
      { name: 'b₂', shape: [2 * filters, 1, 1], scale: 0 },
      { name: 'W', shape: [features, digitCount], scale: Math.sqrt(1 / features) },
      { name: 'b', shape: [digitCount], scale: 0 },
    ],
    scores: (images, parameters) => {
      const first = filtered(reshape(images, [-1, 1, edge, edge]), parameters, 0);
      const second = filtered(first, parameters, 2);
      return layer(reshape(second, [-1, features]), parameters, 4);
    },
  };
}

/** The maximum of every 2 × 2 places of tanh(x ∗ K + b), where K and b are the parameters from `first` on. */
function filtered(x: Variable, parameters: readonly Variable[], first: number): Variable {
  return maxPool(tanh(add(conv(x, parameters[first]!), parameters[first + 1]!)), {
    window: [2, 2],
  });
}

/** x · W + b, where W and b are the parameters from `first` on. */
function layer(x: Variable, parameters: readonly Variable[], first: number): Variable {
  return add(matmul(x, parameters[first]!), parameters[first + 1]!);
}

/**
 * The cost: −log of the probability that the model gives to the right digit, averaged over the images. The
 * probabilities are softmax(scores).
 *
 * @param scores - `[n, 10]`.
 * @param labels - `[n]`, int32: the right digits.
 */
export function crossEntropy(scores: Variable, labels: Variable): Variable {
  const isRight = oneHot(labels, digitCount, { dtype: scores.dtype }); // [n, 10]: a single 1 in each row
  const logProbabilities = logSoftmax(scores, { axis: 1 });
  return neg(mean(sum(mul(isRight, logProbabilities), { axis: 1 })));
}
