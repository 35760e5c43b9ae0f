import { ArgumentTypeError, DTypeError, ShapeError, isTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { formatShape, formatType } from '@cotangent/graph';
import type { TensorType } from '@cotangent/graph';
import type { Backend, Executable } from './backend.ts';
import { describeValue, formatPlace, locate } from './errors.ts';
import type { Program, ProgramNode } from './program.ts';

/**
 * Runs one `eval` of an op after another, in plain JavaScript, and drops every value after its last use:
 * the oracle for other backends. A result that is not of the type inferred for it is an error.
 */
export const referenceBackend: Backend = {
  name: 'reference',
  prepare: (program: Program): Executable => ({ run: (inputs) => run(program, inputs) }),
};

function run(program: Program, inputs: readonly Tensor[]): readonly Tensor[] {
  const values = initialValues(program, inputs);
  for (const node of program.nodes) {
    const ys = evaluateNode(node, gather(values, node.inputs));
    const { outputs, released } = node;
    for (let i = 0; i < outputs.length; i++) values[outputs[i]!] = ys[i];
    for (let i = 0; i < released.length; i++) values[released[i]!] = undefined;
  }
  return gather(values, program.outputs);
}

/** The values by slot before the first node has run. */
export function initialValues(
  { slotCount, constants }: Program,
  inputs: readonly Tensor[],
): (Tensor | undefined)[] {
  const values = Array.from<Tensor | undefined>({ length: slotCount });
  for (let slot = 0; slot < inputs.length; slot++) values[slot] = inputs[slot];
  for (const { slot, value } of constants) values[slot] = value;
  return values;
}

/** The values of some slots, all of which are computed: the order of the nodes guarantees it. */
export function gather(
  values: readonly (Tensor | undefined)[],
  slots: readonly number[],
): readonly Tensor[] {
  const found: Tensor[] = [];
  for (let i = 0; i < slots.length; i++) found.push(values[slots[i]!]!);
  return found;
}

/**
 * The outputs of a node by its op's own `eval`.
 *
 * @throws what `eval` throws, with the op, the input shapes and the construction site added;
 *   ArgumentTypeError `COMPILE_RESULT_KIND`, DTypeError `COMPILE_RESULT_DTYPE`, ShapeError
 *   `COMPILE_RESULT_SHAPE` if a result is not of the type inferred for it.
 */
export function evaluateNode(node: ProgramNode, xs: readonly Tensor[]): readonly Tensor[] {
  const { apply, types } = node;
  const ys = evaluate(node, xs);
  if (!Array.isArray(ys) || ys.length !== types.length) throw wrongCount(node, xs, ys);
  for (let i = 0; i < types.length; i++) {
    const y: unknown = ys[i];
    const type = types[i]!;
    if (!isTensor(y)) throw wrongKind(node, xs, y);
    if (y.dtype !== type.dtype || !fits(y.shape, type.shape)) {
      throw wrongType(y, type, `${apply.op.name}: output ${i}`, formatPlace(apply, xs));
    }
  }
  return ys;
}

function evaluate({ apply, types }: ProgramNode, xs: readonly Tensor[]): readonly Tensor[] {
  try {
    return apply.op.eval(xs, apply.attrs, types);
  } catch (error) {
    throw locate(error, apply, xs);
  }
}

function fits(shape: readonly number[], expected: TensorType['shape']): boolean {
  if (shape.length !== expected.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = expected[axis]!;
    if (size !== null && size !== shape[axis]) return false;
  }
  return true;
}

function wrongType(y: Tensor, type: TensorType, what: string, place: string): Error {
  const found = `${y.dtype}${formatShape(y.shape)}`;
  const message = `${what} was inferred as ${formatType(type)} but evaluates to ${found}\n${place}`;
  const info = {
    hint: 'the inference and the evaluation of an op must agree',
    data: { inferred: type, dtype: y.dtype, shape: y.shape },
  };
  return y.dtype === type.dtype
    ? new ShapeError(message, { code: 'COMPILE_RESULT_SHAPE', ...info })
    : new DTypeError(message, { code: 'COMPILE_RESULT_DTYPE', ...info });
}

function wrongKind({ apply }: ProgramNode, xs: readonly Tensor[], y: unknown): ArgumentTypeError {
  return new ArgumentTypeError(
    `${apply.op.name}: its evaluation gives ${describeValue(y)}, not a tensor\n${formatPlace(apply, xs)}`,
    { code: 'COMPILE_RESULT_KIND', hint: 'eval returns an array of tensors, one per output' },
  );
}

function wrongCount(node: ProgramNode, xs: readonly Tensor[], ys: unknown): ArgumentTypeError {
  const { apply, types } = node;
  const found = Array.isArray(ys) ? `${ys.length} results` : describeValue(ys);
  return new ArgumentTypeError(
    `${apply.op.name}: its evaluation gives ${found} for ${types.length} outputs\n${formatPlace(apply, xs)}`,
    { code: 'COMPILE_RESULT_COUNT', hint: 'eval returns an array of tensors, one per output' },
  );
}
