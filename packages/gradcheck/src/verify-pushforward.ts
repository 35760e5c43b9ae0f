import {
  ShapeError,
  ValueError,
  astype,
  formatShape,
  fullTensor,
  mapTensors,
  sameShape,
  tensorFrom,
} from '@cotangent/tensor';
import type { FloatDType, Tensor, TensorLike } from '@cotangent/tensor';
import { pushforward } from '@cotangent/autodiff';
import { tensor } from '@cotangent/graph';
import { compiled } from './compiled.ts';
import type { TensorFunction } from './compiled.ts';
import { NumericGrad } from './numeric-grad.ts';
import { signed } from './rng.ts';
import { compareDerivatives } from './verify-compare.ts';
import { settingsOf } from './verify-options.ts';
import type { Settings, VerifyOptions } from './verify-options.ts';
import { inputsAt, outputsOf } from './verify-problem.ts';
import type { Inputs, SymbolicFunction } from './verify-problem.ts';

/**
 * Compares the tangents that `pushforward` gives for the outputs of `fun` with differences along the
 * same direction.
 *
 * @param pt - as for `verifyGrad`.
 * @param tangents - the direction, one entry per argument, of its shape; default: signed random numbers,
 *   new ones for each of `nTests` tests.
 * @throws GradientError as `verifyGrad`, with `arg` the position of the output.
 * @throws ValueError `GRADCHECK_COUNT`, ShapeError `GRADCHECK_TANGENT_SHAPE` if `tangents` do not fit;
 *   and what `verifyGrad` throws for the other arguments.
 * @example
 * ```ts
 * import { verifyPushforward } from '@cotangent/gradcheck';
 * import { mul } from '@cotangent/ops';
 * verifyPushforward((x) => mul(x, x), [[1, 2]], [[1, 0]]); // passes
 * ```
 */
export function verifyPushforward(
  fun: SymbolicFunction,
  pt: readonly TensorLike[],
  tangents?: readonly TensorLike[],
  options: VerifyOptions = {},
): void {
  const given = inputsAt('verifyPushforward', pt);
  const dtypes = given.points.map((x) => x.dtype);
  const settings = settingsOf('verifyPushforward', options, dtypes);
  const direction = tangents && directionOf(tangents, given);
  const outputs = outputsOf('verifyPushforward', fun, given.inputs);
  const vs = given.points.map((x, k) => tensor(`tangent ${k}`, { dtype: x.dtype, shape: x.shape }));
  const yDots = pushforward(outputs, given.inputs, vs, { disconnectedOutputs: 'ignore' });
  const f = compiled(given.inputs, outputs, settings.costMode);
  const tangentsAt = compiled([...given.inputs, ...vs], yDots, settings.mode);
  const names = outputs.map((_, j) => `output ${j}`);
  const nTests = direction === undefined ? settings.nTests : 1;
  for (let testNumber = 1; testNumber <= nTests; testNumber++) {
    const v = direction ?? given.points.map((x) => randomLike(x, settings));
    const eps = settings.eps ?? defaultStep(given, settings);
    const analytic = tangentsAt(...given.points, ...v);
    const numeric = differencesAlong(f, given, v, eps, settings);
    const both = { quantity: 'pushforward', order: 1, analytic, numeric } as const;
    compareDerivatives(
      { ...both, names, args: given.names, testNumber, eps },
      { ...settings, nTests },
    );
  }
}

function directionOf(tangents: readonly TensorLike[], { points }: Inputs): readonly Tensor[] {
  if (tangents.length !== points.length) {
    throw new ValueError(
      `verifyPushforward: ${tangents.length} tangents for ${points.length} arguments`,
      { code: 'GRADCHECK_COUNT', data: { expected: points.length, got: tangents.length } },
    );
  }
  return tangents.map((tangent, position) => {
    const x = points[position]!;
    const v = tensorFrom(tangent);
    if (sameShape(v.shape, x.shape)) return astype(v, x.dtype);
    throw new ShapeError(
      `verifyPushforward: tangent ${position} has shape ${formatShape(v.shape)}, ` +
        `its argument ${formatShape(x.shape)}`,
      { code: 'GRADCHECK_TANGENT_SHAPE', data: { position, expected: x.shape, got: v.shape } },
    );
  });
}

function randomLike({ shape, dtype }: Tensor, { rng }: Settings): Tensor {
  return mapTensors(() => signed(rng), [fullTensor(shape, 0, 'float64')], dtype);
}

/** The step of `NumericGrad`, one for the whole direction. */
function defaultStep({ points }: Inputs, { differences }: Settings): number {
  const dtype: FloatDType = points.some((x) => x.dtype === 'float32') ? 'float32' : 'float64';
  if (differences === 'forward') return NumericGrad.typeEps[dtype];
  return Math.cbrt(dtype === 'float32' ? 2 ** -23 : 2 ** -52);
}

/** (f(x + h·v) − f(x)) / h, or (f(x + h·v) − f(x − h·v)) / 2h, for every element of every output. */
function differencesAlong(
  f: TensorFunction,
  { points }: Inputs,
  v: readonly Tensor[],
  h: number,
  { differences }: Settings,
): readonly Tensor[] {
  const at = (t: number): readonly Tensor[] =>
    f(...points.map((x, k) => mapTensors((a, b) => a + t * b, [x, v[k]!], x.dtype)));
  const isCentral = differences === 'central';
  const ahead = at(h);
  const behind = at(isCentral ? -h : 0);
  const width = isCentral ? 2 * h : h;
  return ahead.map((y, j) => mapTensors((a, b) => (a - b) / width, [y, behind[j]!], 'float64'));
}
