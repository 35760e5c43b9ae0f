import {
  argmax,
  compile,
  grad,
  matrix,
  named,
  shared,
  tensorFrom,
  vector,
  zerosTensor,
  type FloatDType,
  type Shared,
  type Tensor,
  type Variable,
} from 'cotangent';
import { adam } from './adam.ts';
import { crossEntropy, type Classifier, type ParameterSpec } from './models.ts';
import type { Random } from './random.ts';

/** What {@link createLearner} needs besides the model. */
export interface LearnerOptions {
  readonly dtype: FloatDType;
  readonly learningRate: number;
  readonly mode?: 'fast' | 'reference';
  readonly random: Random;
}

/** A model with values for its parameters, compiled. */
export interface Learner {
  readonly model: Classifier;
  readonly dtype: FloatDType;
  /** The parameters with their present values, as `model.parameters` lists them. */
  readonly parameters: readonly Shared[];
  /** The cost as a graph. */
  readonly cost: Variable;
  /** Improves the parameters a little on `[n, inputs]` images and `[n]` digits. Returns the cost before that. */
  readonly step: (images: Tensor, labels: Tensor) => number;
  /** The likeliest digit of each image, `[n]`. */
  readonly predict: (images: Tensor) => Tensor;
}

/** Builds the graphs of cost, gradient, optimiser and prediction, and compiles them into two functions. */
export function createLearner(model: Classifier, options: LearnerOptions): Learner {
  const { dtype, learningRate, random, mode = 'fast' } = options;
  const parameters = model.parameters.map((spec) =>
    shared(randomValue(spec, dtype, random), { name: spec.name }),
  );
  const images = matrix('images', { dtype, shape: [null, model.inputs] });
  const labels = vector('digits', { dtype: 'int32' });
  const scores = model.scores(images, parameters);
  const cost = named(crossEntropy(scores, labels), 'cost');
  const updates = adam(parameters, grad(cost, parameters), learningRate);
  const step = compile([images, labels], cost, { updates, mode, name: 'step' });
  const predict = compile([images], argmax(scores, { axis: 1 }), { mode, name: 'predict' });
  return {
    model,
    dtype,
    parameters,
    cost,
    step: (imageValues, labelValues) => step(imageValues, labelValues).item(),
    predict: (imageValues) => predict(imageValues),
  };
}

/** Normal random numbers, times the parameter's scale. */
export function randomValue(
  { shape, scale }: ParameterSpec,
  dtype: FloatDType,
  random: Random,
): Tensor {
  if (scale === 0) return zerosTensor(shape, dtype);
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float64Array.from({ length: size }, () => scale * random.normal());
  return tensorFrom(dtype === 'float32' ? Float32Array.from(values) : values, { shape });
}
