import { ArgumentTypeError, ValueError, copy } from '@cotangent/tensor';
import type { TensorLike } from '@cotangent/tensor';
import { isVariable, tensor } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { floatTensor } from './points.ts';
import type { FloatTensor } from './points.ts';

/** A function of variables that returns one variable or several. */
export type SymbolicFunction = (...xs: Variable[]) => Variable | readonly Variable[];

/** A point, with fresh inputs of its dtypes and shapes. */
export interface Inputs {
  readonly points: readonly FloatTensor[];
  readonly inputs: readonly Input[];
  readonly names: readonly string[];
}

/**
 * @throws ArgumentTypeError `GRADCHECK_POINT_LIST` if `pt` is not an array; DTypeError
 *   `GRADCHECK_POINT_DTYPE`; ValueError `GRADCHECK_NO_POINT` if it has no entries.
 */
export function inputsAt(caller: string, pt: readonly TensorLike[]): Inputs {
  if (!Array.isArray(pt)) {
    throw new ArgumentTypeError(`${caller}: the point is of type ${typeof pt}, not an array`, {
      code: 'GRADCHECK_POINT_LIST',
      hint: 'pass an array with one entry per argument of the function: [x]',
    });
  }
  if (pt.length === 0) {
    throw new ValueError(`${caller}: the point has no arguments, so nothing would be verified`, {
      code: 'GRADCHECK_NO_POINT',
      hint: 'pass an array with one entry per argument of the function: [x]',
    });
  }
  const points = pt.map((x: TensorLike, position) => copy(floatTensor(x, position, caller)));
  const names = points.map((_, k) => `input ${k}`);
  const inputs = points.map(({ dtype, shape }, k) => tensor(names[k]!, { dtype, shape }));
  return { points, inputs, names };
}

/** @throws ArgumentTypeError `GRADCHECK_NOT_A_VARIABLE` if `fun` returns anything but variables. */
export function outputsOf(
  caller: string,
  fun: SymbolicFunction,
  inputs: readonly Input[],
): readonly Variable[] {
  const returned: unknown = fun(...inputs);
  const outputs: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
  const variables = outputs.filter(isVariable);
  if (variables.length === outputs.length && variables.length > 0) return variables;
  throw new ArgumentTypeError(`${caller}: the function did not return variables`, {
    code: 'GRADCHECK_NOT_A_VARIABLE',
    hint: 'it is called with variables, and returns one or a non-empty array of them',
  });
}
