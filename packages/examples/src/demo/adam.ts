import {
  add,
  div,
  fullTensor,
  mul,
  pow,
  shared,
  sqrt,
  square,
  sub,
  zerosTensor,
  type Shared,
  type Variable,
} from 'cotangent';

/** New values of shared variables, as `compile` takes them. */
export type UpdateList = readonly (readonly [variable: Shared, value: Variable])[];

/** How fast the running means of the gradient and of its square forget. */
const beta1 = 0.9;
const beta2 = 0.999;

/**
 * One step of Adam as graph code: each number moves by about `learningRate` against its gradient, more where the
 * gradient keeps its sign and less where it wavers.
 *
 * @returns updates of the parameters and of the optimiser's own state, which begins at zero.
 * @see Kingma & Ba (2015), Adam, algorithm 1 in the form at the end of section 2.
 */
export function adam(
  parameters: readonly Shared[],
  gradients: readonly Variable[],
  learningRate: number,
): UpdateList {
  const first = parameters[0];
  if (first === undefined) return [];
  const steps = shared(fullTensor([], 0, first.dtype), { name: 'steps' });
  const step = add(steps, 1);
  const correction = div(sqrt(sub(1, pow(beta2, step))), sub(1, pow(beta1, step)));
  const rate = mul(learningRate, correction);
  const moves = parameters.flatMap((parameter, i) => {
    const gradient = gradients[i]!;
    const means = shared(zerosTensor(sizes(parameter), parameter.dtype));
    const squares = shared(zerosTensor(sizes(parameter), parameter.dtype));
    const newMeans = blend(beta1, means, gradient);
    const newSquares = blend(beta2, squares, square(gradient));
    const move = mul(rate, div(newMeans, add(sqrt(newSquares), 1e-8)));
    return [
      [means, newMeans],
      [squares, newSquares],
      [parameter, sub(parameter, move)],
    ] as const;
  });
  return [[steps, step], ...moves];
}

/** share · old + (1 − share) · new. */
function blend(share: number, before: Variable, now: Variable): Variable {
  return add(mul(share, before), mul(1 - share, now));
}

function sizes(variable: Shared): readonly number[] {
  return variable.get({ borrow: true }).shape;
}
