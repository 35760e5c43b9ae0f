import * as tf from '@tensorflow/tfjs';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { NumericRule } from '../../src/modern/rule.ts';

/** A function of tensors of TensorFlow.js. */
export type TfFunction = (...xs: tf.Tensor[]) => tf.Tensor;

/** A function of TensorFlow.js with its own gradient as a rule in plain numbers. Its kernels work in float32. */
export function ruleOf(name: string, f: TfFunction): NumericRule {
  return {
    name,
    f: (...xs) => scoped(() => fromTf(f(...xs.map(toTf)))),
    vjp: (xs, [u]) => scoped(() => tf.grads(f)(xs.map(toTf), toTf(u!)).map(fromTf)),
  };
}

/** Runs something and frees the tensors that it made. */
function scoped<T>(run: () => T): T {
  tf.engine().startScope();
  try {
    return run();
  } finally {
    tf.engine().endScope();
  }
}

function toTf(x: Tensor): tf.Tensor {
  return tf.tensor(Float32Array.from(x.data), [...x.shape], 'float32');
}

function fromTf(y: tf.Tensor): Tensor {
  return tensorFrom(Float32Array.from(y.dataSync()), { shape: y.shape });
}
