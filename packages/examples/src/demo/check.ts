import { constant, tensorFrom, verifyGrad } from 'cotangent';
import { randomValue } from './learner.ts';
import { digitCount } from './mnist.ts';
import { crossEntropy, type Classifier } from './models.ts';
import type { Random } from './random.ts';

/** Largest allowed error, absolute or relative. Central differences in float64 are about 1000 times better than that. */
export const gradientTolerance = 1e-6;

/** Images in the check. */
const imageCount = 4;

/**
 * Compares the gradient of a model's cost, as the library derives it, with finite differences at a random point.
 *
 * @param model - of few inputs: the cost is computed twice for each single parameter.
 * @returns how many partial derivatives agree.
 * @throws GradientError if one does not.
 */
export function checkGradient(model: Classifier, random: Random): number {
  const { inputs } = model;
  const pixels = Float64Array.from({ length: imageCount * inputs }, () => random.uniform());
  const images = constant(tensorFrom(pixels, { shape: [imageCount, inputs] }));
  const digits = Int32Array.from({ length: imageCount }, () =>
    Math.floor(random.uniform() * digitCount),
  );
  const point = model.parameters.map((spec) =>
    randomValue({ ...spec, scale: 1 }, 'float64', random),
  );
  verifyGrad(
    (...parameters) => crossEntropy(model.scores(images, parameters), constant(tensorFrom(digits))),
    point,
    { differences: 'central', absTol: gradientTolerance, relTol: gradientTolerance },
  );
  return point.reduce((sum, value) => sum + value.size, 0);
}
