import { describe, expect, it } from '@jest/globals';
import { assertGradcheck, constant, wasmBackend, type Variable } from 'cotangent';
import { randomValue } from './learner.ts';
import {
  convolutionalNetwork,
  crossEntropy,
  logisticRegression,
  twoLayerNetwork,
  type Classifier,
} from './models.ts';
import { Random } from './random.ts';

/** Small relatives of the models: every entry of every derivative is compared. */
const models: readonly Classifier[] = [
  logisticRegression(3),
  twoLayerNetwork(3, 2),
  convolutionalNetwork(10, 1, 3),
];

describe.each(models.map((model) => [model.name, model] as const))('%s', (_name, model) => {
  it('has right derivatives by every parameter, in both modes and to second order', () => {
    const random = new Random(11);
    const draw = (shape: readonly number[]): ReturnType<typeof randomValue> =>
      randomValue({ name: '', shape, scale: 0.5 }, 'float64', random);
    const images = constant(draw([3, model.inputs]));
    const labels = constant(Int32Array.of(3, 0, 9));
    const cost = (...parameters: readonly Variable[]): readonly Variable[] => [
      crossEntropy(model.scores(images, parameters), labels),
    ];
    const point = { inputs: model.parameters.map(({ shape }) => draw(shape)) };
    const report = assertGradcheck(cost, [point], {
      order: 2,
      compileModes: ['reference', 'fast'],
      backend: wasmBackend(),
    });
    expect(report.verdict).toBe('pass');
  });
});
