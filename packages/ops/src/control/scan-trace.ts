import { isFloat } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { Input, InnerGraph, ValueError, isVariable } from '@cotangent/graph';
import type { TensorType, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { captured, returnedVariables } from './capture.ts';
import type { State } from './scan-arguments.ts';
import { strong } from './scan-parts.ts';

/** A condition that ends a scan; made by {@link until}. */
export class Until {
  readonly condition: Variable;

  constructor(condition: Variable) {
    this.condition = condition;
  }
}

/** What a step of a scan returns: a variable, or several with {@link until} at the end if it may stop. */
export type StepResult = Variable | readonly (Variable | Until)[];

/** A step that was run once on inputs of its own. */
export interface Traced {
  readonly step: InnerGraph;
  /** The states before the first step, in the dtypes that the step gives. */
  readonly initial: readonly Variable[];
  /** The constants of the step: those listed, then those it took from outside. */
  readonly constants: readonly Variable[];
  readonly until: boolean;
}

/** What is traced: the function, and what its arguments stand for. */
export interface ToTrace {
  readonly op: string;
  readonly run: (...args: readonly Variable[]) => StepResult;
  readonly elements: readonly TensorType[];
  readonly names: readonly (string | undefined)[];
  readonly states: readonly State[];
  readonly nonSequences: readonly Variable[];
}

/**
 * Runs a step on fresh inputs. A state that begins with a literal takes the dtype that the step gives it;
 * for that the step is run a second time.
 */
export function traceStep(trace: ToTrace): Traced {
  const first = attempt(trace, trace.states);
  if (!trace.states.some(({ history }) => history.some((x) => x.type.weak === true))) return first;
  const next = splitHistories(first.step.outputs, trace.states);
  const settled = trace.states.map((state, m) => ({
    ...state,
    history: state.history.map((x) => taking(x, next[m]![0]!.dtype)),
  }));
  return attempt(trace, settled, true);
}

function attempt(trace: ToTrace, states: readonly State[], isSettled = false): Traced {
  const { op, run, elements, nonSequences } = trace;
  const xs = elements.map((type, k) => new Input(type, trace.names[k]));
  const histories = states.map(({ history }) =>
    history.map((x) => new Input(isSettled ? strong(x.type) : x.type, x.name)),
  );
  const cs = nonSequences.map((x) => new Input(x.type, x.name));
  const reads = states.flatMap(({ reads: places }, m) => places.map((k) => histories[m]![k]!));
  const { variables, condition } = returned(run(...xs, ...reads, ...cs), op);
  checkCount(variables, states.length, op);
  const news = states.map((_, m) => taking(variables[m]!, histories[m]![0]!.dtype));
  const shifted = news.flatMap((y, m) => [y, ...histories[m]!.slice(0, -1)]);
  const outputs = [...shifted, ...news, ...variables.slice(states.length)];
  const inner = [...xs, ...histories.flat(), ...cs];
  const cut = captured(condition === undefined ? outputs : [...outputs, condition], inner);
  return {
    step: new InnerGraph([...inner, ...cut.inside], cut.outputs),
    initial: states.flatMap(({ history }) => history),
    constants: [...nonSequences, ...cut.outside],
    until: condition !== undefined,
  };
}

/** A list with one entry per remembered value, by states. */
function splitHistories<T>(
  list: readonly T[],
  states: readonly State[],
): readonly (readonly T[])[] {
  let place = 0;
  return states.map(({ history }) => list.slice(place, (place += history.length)));
}

/** A literal in another dtype, unless that would cut off its fraction; anything else as it is. */
function taking(x: Variable, dtype: DType): Variable {
  const isLossy = isFloat(x.dtype) && !isFloat(dtype);
  return x.type.weak === true && !isLossy ? castTo(x, dtype) : x;
}

function returned(
  result: unknown,
  op: string,
): { readonly variables: readonly Variable[]; readonly condition: Variable | undefined } {
  const list: readonly unknown[] = Array.isArray(result) ? result : [result];
  const last = list.at(-1);
  const isLast = last instanceof Until;
  const variables = returnedVariables(isLast ? list.slice(0, -1) : list, op, 'the step');
  return {
    variables,
    condition: isLast && isVariable(last.condition) ? last.condition : undefined,
  };
}

function checkCount(variables: readonly Variable[], states: number, op: string): void {
  if (variables.length >= states) return;
  throw new ValueError(`${op}: the step returned ${variables.length} values for ${states} states`, {
    code: 'OP_SCAN_RESULTS',
    hint: 'return the new value of each state first, then what else is to be stacked',
    data: { op, expected: states, got: variables.length },
  });
}
