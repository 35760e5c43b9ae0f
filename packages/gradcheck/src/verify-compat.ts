import { ArgumentTypeError, NotImplementedError, ValueError } from '@cotangent/tensor';
import type { FloatTensor } from './points.ts';
import type { SymbolicFunction } from './verify-problem.ts';

/** Whose behaviour at the edges `verifyGrad` keeps. */
export type Compat = 'theano' | 'pytensor';

/**
 * What the originals refuse and this library does not.
 *
 * @throws ArgumentTypeError `GRADCHECK_NO_RNG` where Theano wants a generator; ValueError `GRADCHECK_EMPTY_POINT` for an
 *   argument without elements.
 */
export function checkCompat(compat: Compat, rng: unknown, points: readonly FloatTensor[]): void {
  if (compat === 'theano' && rng === undefined) {
    throw new ArgumentTypeError('verifyGrad: there is no rng', {
      code: 'GRADCHECK_NO_RNG',
      hint: "pass rng: a seed or a function; without compat: 'theano' there is a default seed",
    });
  }
  const position = points.findIndex(({ size }) => size === 0);
  if (position < 0) return;
  throw new ValueError(`verifyGrad: argument ${position} has no elements`, {
    code: 'GRADCHECK_EMPTY_POINT',
    hint: 'without the option compat, arguments without elements pass',
    data: { position },
  });
}

/** The function, refused where it returns a list: NotImplementedError `GRADCHECK_SEVERAL_OUTPUTS`. */
export function withOneOutput(fun: SymbolicFunction): SymbolicFunction {
  return (...xs) => {
    const y = fun(...xs);
    if (!Array.isArray(y)) return y;
    throw new NotImplementedError('verifyGrad: the function returns a list of outputs', {
      code: 'GRADCHECK_SEVERAL_OUTPUTS',
      hint: 'return one variable, or leave the option compat out: then every output is projected',
    });
  };
}

/** What the originals throw for an error that is NaN or infinite. */
export function notFinite(argument: string, position: number): ValueError {
  return new ValueError(
    `verifyGrad: the error of ${argument} at flat position ${position} is not finite`,
    {
      code: 'GRADCHECK_NOT_FINITE',
      hint: 'without the option compat this is a GradientError that shows both values',
      data: { argument, position },
    },
  );
}
