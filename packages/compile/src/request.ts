import { ArgumentTypeError, DTypeError, ShapeError, ValueError } from '@cotangent/tensor';
import {
  constant,
  formatType,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  rootsOf,
  shapesConflict,
} from '@cotangent/graph';
import type { Input, Operand, Variable } from '@cotangent/graph';
import { MissingInputError, UnusedInputError, describeValue } from './errors.ts';
import { substitute } from './givens.ts';
import type { Settings } from './options.ts';
import { Shared } from './shared.ts';

/** What is to be compiled, checked, with its givens replaced and nothing rewritten. */
export interface Request {
  readonly inputs: readonly Input[];
  /** Shared variables that the graph reads. */
  readonly read: readonly Shared[];
  /** Shared variables that a call changes. */
  readonly updated: readonly Shared[];
  /** The outputs, and then one new value for each entry of `updated`. */
  readonly outputs: readonly Variable[];
  readonly outputCount: number;
}

/**
 * Checks the arguments of `compile` and replaces the givens.
 *
 * @throws every error that `compile` documents, but for those of its options.
 */
export function readRequest(
  inputs: unknown,
  outputs: readonly unknown[],
  settings: Settings,
): Request {
  const given = readInputs(inputs);
  const computed = outputs.map((y, i) => checkComputable(y, `output ${i}`));
  const updates = readUpdates(settings.updates);
  if (computed.length === 0 && updates.size === 0) throw nothingToDo();
  const wanted = [...computed, ...updates.values()];
  const replaced = substitute(wanted, readGivens(settings.givens));
  replaced
    .slice(computed.length)
    .forEach((value, i) => checkUpdate([...updates.keys()][i]!, value));
  const roots = rootsOf(replaced).filter((root) => root.kind === 'input');
  checkComplete(replaced, roots, given, computed.length);
  checkUsed(given, new Set(roots), settings);
  return {
    inputs: given,
    read: roots.filter((root) => root instanceof Shared),
    updated: [...updates.keys()],
    outputs: replaced,
    outputCount: computed.length,
  };
}

function readInputs(inputs: unknown): readonly Input[] {
  if (!Array.isArray(inputs)) {
    throw new ArgumentTypeError(`compile: the inputs are ${describeValue(inputs)}, not an array`, {
      code: 'COMPILE_INPUT_LIST',
      hint: 'write compile([x, y], outputs)',
    });
  }
  const seen = new Map<Input, number>();
  return inputs.map((x: unknown, position) => {
    const input = checkInput(x, position);
    const first = seen.get(input);
    if (first !== undefined) throw duplicateInput(input, first, position);
    seen.set(input, position);
    return input;
  });
}

function checkInput(x: unknown, position: number): Input {
  if (!isVariable(x) || x.kind !== 'input') {
    throw new ArgumentTypeError(`compile: input ${position} is ${describeValue(x)}, not an input`, {
      code: 'COMPILE_NOT_AN_INPUT',
      hint: isVariable(x)
        ? 'to give a value for a result or a constant, replace it by an input with the option givens'
        : 'inputs are made with scalar, vector, matrix or tensor',
      data: { position },
    });
  }
  if (!(x instanceof Shared)) return x;
  throw new ArgumentTypeError(`compile: input ${position} is the shared variable ${x.toString()}`, {
    code: 'COMPILE_SHARED_INPUT',
    hint: 'a shared variable is read without being passed; replace it with the option givens to pass it',
    data: { position },
  });
}

function duplicateInput(input: Input, first: number, second: number): ValueError {
  return new ValueError(
    `compile: inputs ${first} and ${second} are the same variable ${input.toString()}`,
    {
      code: 'COMPILE_DUPLICATE_INPUT',
      hint: 'list every input once',
      data: { input, positions: [first, second] },
    },
  );
}

function nothingToDo(): ValueError {
  return new ValueError('compile: there is neither an output nor an update', {
    code: 'COMPILE_NOTHING',
    hint: 'pass at least one output, or the option updates',
  });
}

/** Whatever is to be computed: an output, a replacement, a new value. */
function checkComputable(value: unknown, role: string): Variable {
  if (isVariable(value)) return value;
  if (isNull(value)) {
    throw new DTypeError(`compile: ${role} does not exist: ${value.type.whyNull}`, {
      code: 'COMPILE_NULL_OUTPUT',
      hint: 'it is a derivative that is not defined or not implemented; test for it with isNull',
      data: { role, whyNull: value.type.whyNull },
    });
  }
  if (isDisconnected(value)) {
    throw new MissingInputError(`compile: ${role} is a stand-in of DisconnectedType`, {
      code: 'COMPILE_DISCONNECTED_OUTPUT',
      hint: "it marks a missing path and has no value; ask grad for returnDisconnected: 'zero'",
      data: { role },
      inputs: [],
    });
  }
  throw new ArgumentTypeError(`compile: ${role} is ${describeValue(value)}, not a variable`, {
    code: 'COMPILE_NOT_A_VARIABLE',
    hint: 'outputs are one variable of the graph or an array of them',
    data: { role },
  });
}

/** A replacement or a new value: values become constants of the dtype of what they stand for. */
function readOperand(value: unknown, like: Variable, role: string): Variable {
  if (isVariable(value) || isAbsence(value) || value === null || value === undefined) {
    return checkComputable(value, role);
  }
  // What is no value after all is refused by `constant`.
  return constant(value as Exclude<Operand, Variable>, { dtype: like.dtype });
}

function readPairs(option: string, given: unknown): readonly (readonly [unknown, unknown])[] {
  const pairs: readonly unknown[] = Array.from(given as Iterable<unknown>); // options are checked
  return pairs.map((pair, position) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new ArgumentTypeError(
      `compile: entry ${position} of ${option} is ${describeValue(pair)}, not a pair`,
      {
        code: 'COMPILE_NOT_A_PAIR',
        hint: `write ${option}: [[variable, value], …], or pass a Map`,
        data: { option, position },
      },
    );
  });
}

function readGivens(given: unknown): ReadonlyMap<Variable, Variable> {
  const givens = new Map<Variable, Variable>();
  readPairs('givens', given).forEach(([from, to], position) => {
    const variable = checkComputable(from, `variable ${position} of givens`);
    if (givens.has(variable)) throw twice('COMPILE_DUPLICATE_GIVEN', 'givens', variable);
    givens.set(variable, readOperand(to, variable, `the replacement of ${variable.toString()}`));
  });
  return givens;
}

function readUpdates(given: unknown): ReadonlyMap<Shared, Variable> {
  const updates = new Map<Shared, Variable>();
  readPairs('updates', given).forEach(([target, value], position) => {
    if (!(target instanceof Shared)) {
      throw new ArgumentTypeError(
        `compile: update ${position} is of ${describeValue(target)}, not of a shared variable`,
        {
          code: 'COMPILE_UPDATE_NOT_SHARED',
          hint: 'only variables made with shared(value) can change',
          data: { position },
        },
      );
    }
    if (updates.has(target)) throw twice('COMPILE_DUPLICATE_UPDATE', 'updates', target);
    updates.set(target, readOperand(value, target, `the update of ${target.toString()}`));
  });
  return updates;
}

function twice(code: string, option: string, variable: Variable): ValueError {
  return new ValueError(`compile: ${option} names ${variable.toString()} twice`, {
    code,
    hint: 'give one value for each variable',
    data: { variable },
  });
}

function checkUpdate(target: Shared, value: Variable): void {
  const message = `compile: shared ${target.toString()} cannot become ${value.toString()}`;
  const data = { variable: target, value };
  if (target.dtype !== value.dtype) {
    const hint = `cast the new value to ${target.dtype}`;
    throw new DTypeError(message, { code: 'COMPILE_UPDATE_DTYPE', hint, data });
  }
  if (shapesConflict(target.shape, value.shape)) {
    const hint = `the new value must fit ${formatType(target.type)}; shared(value, { shape }) allows more`;
    throw new ShapeError(message, { code: 'COMPILE_UPDATE_SHAPE', hint, data });
  }
}

function checkComplete(
  outputs: readonly Variable[],
  roots: readonly Input[],
  given: readonly Input[],
  outputCount: number,
): void {
  const known = new Set(given);
  const missing = roots.filter((root) => !known.has(root) && !(root instanceof Shared));
  const [first] = missing;
  if (first === undefined) return;
  const position = outputs.findIndex((y) => rootsOf([y]).includes(first));
  const what =
    position < outputCount
      ? `output ${position} (${outputs[position]!.toString()})`
      : `update ${position - outputCount}`;
  const names = missing.map((x) => x.toString()).join('; ');
  throw new MissingInputError(`compile: ${what} needs an input that is not given: ${names}`, {
    code: 'COMPILE_MISSING_INPUT',
    hint: 'add it to the inputs, give it a value with the option givens, or make it a shared variable',
    data: { missing, position },
    inputs: missing,
  });
}

function checkUsed(
  given: readonly Input[],
  used: ReadonlySet<Input>,
  { onUnusedInput, warn }: Settings,
): void {
  if (onUnusedInput === 'ignore') return;
  given.forEach((input, position) => {
    if (used.has(input)) return;
    const message = `compile: nothing depends on input ${position} (${input.toString()})`;
    if (onUnusedInput === 'warn') {
      warn('COMPILE_UNUSED_INPUT', message, input);
      return;
    }
    throw new UnusedInputError(message, {
      code: 'COMPILE_UNUSED_INPUT',
      hint: "leave it out, or set onUnusedInput: 'ignore'",
      data: { input, position },
      input,
    });
  });
}
