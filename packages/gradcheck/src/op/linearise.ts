import { isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { pullback, pushforward } from '@cotangent/autodiff';
import type { WarningCode, WarningSink } from '@cotangent/autodiff';
import { applyOp, constant, isDisconnected, isVariable, tensor } from '@cotangent/graph';
import type { Absence, Apply, Input, Tangent, Variable } from '@cotangent/graph';
import { compiled } from '../compiled.ts';
import type { TensorFunction } from '../compiled.ts';
import { evaluator } from './evaluate.ts';
import type { OpCase } from './cases.ts';

/** What the graph knows of the inputs before it is run. */
export interface StaticKnowledge {
  readonly name: string;
  /** Sizes of the inputs that are not integer vectors of sizes or indices. */
  readonly sizes: 'known' | 'unknown';
  /** Whether discrete inputs are inputs of the graph or constants in it. */
  readonly discrete: 'input' | 'constant';
}

/** Everything known that an input can know. */
export const knownSizes: StaticKnowledge = { name: '', sizes: 'known', discrete: 'input' };

/** The kinds of knowledge to try: with discrete inputs both as inputs and as constants. */
export function knowledgeFor({ inputs }: OpCase): readonly StaticKnowledge[] {
  const unknown: StaticKnowledge = { name: 'unknown sizes', sizes: 'unknown', discrete: 'input' };
  const all = [knownSizes, unknown];
  if (inputs.every((x) => isFloat(x.dtype))) return all;
  return [
    ...all,
    ...all.map((k): StaticKnowledge => {
      const name = k.sizes === 'known' ? 'constants' : `${k.name}, constants`;
      return { ...k, name, discrete: 'constant' };
    }),
  ];
}

/** One node of an op under test. */
export interface Applied {
  readonly node: Apply;
  /** The graph of `outputs` as a function of values of `inputs`. */
  compile(inputs: readonly Input[], outputs: readonly Variable[]): TensorFunction;
  /** The inputs of the node that are inputs of the graph. */
  readonly given: readonly Input[];
  /** Values of the given inputs, out of those of all. */
  pick(values: readonly Tensor[]): readonly Tensor[];
  /** The values of the op's outputs. */
  evaluate(values: readonly Tensor[]): readonly Tensor[];
}

/** Applies the op of a case to fresh inputs. */
export function applied(c: OpCase, knowledge: StaticKnowledge): Applied {
  const variables = c.inputs.map((x, i): Variable => {
    if (knowledge.discrete === 'constant' && !isFloat(x.dtype)) return constant(x);
    const isIndex = x.dtype === 'int32' || x.dtype === 'uint8';
    const hides = knowledge.sizes === 'unknown' && !isIndex;
    return tensor(`x${i}`, { dtype: x.dtype, shape: hides ? x.shape.map(() => null) : x.shape });
  });
  const node = applyOp(c.op, variables, c.attrs);
  const positions = variables.map((_, i) => i).filter((i) => variables[i]!.kind === 'input');
  const types = node.outputs.map((y) => y.type);
  return {
    node,
    compile: (inputs, outputs) =>
      c.backend === undefined || knowledge !== knownSizes // code is made for the sizes of a call
        ? arrayFunction(evaluator(inputs, outputs))
        : compiled(inputs, outputs, 'fast', c.backend),
    given: variables.filter((x) => x.kind === 'input'),
    pick: (values) => positions.map((i) => values[i]!),
    evaluate: (values) => c.op.eval(values, c.attrs, types),
  };
}

function arrayFunction(run: (values: readonly Tensor[]) => readonly Tensor[]): TensorFunction {
  return (...values) => run(values);
}

/** One derivative as a rule gave it: values, none because it is disconnected, or none at all. */
export type Derivative = Variable | Absence;

/** A node with its derivatives in both modes. */
export interface Linearised extends Applied {
  /** The outputs that have derivatives: the floating ones, or all if none is. */
  readonly outputs: readonly Variable[];
  readonly wrt: readonly Variable[];
  readonly cotangents: readonly Input[];
  readonly tangents: readonly Input[];
  readonly xBars: readonly Derivative[];
  readonly yDots: readonly Derivative[];
  /** What the engine complained about. */
  readonly warnings: readonly string[];
  /** Jᵀu per wrt; `undefined` where there is no value. */
  pullback(values: readonly Tensor[], us: readonly Tensor[]): readonly (Tensor | undefined)[];
  /** Jv per output; `undefined` where there is no value. */
  pushforward(values: readonly Tensor[], vs: readonly Tensor[]): readonly (Tensor | undefined)[];
}

/** The derivatives of an op's node at a case, as graphs of the engine. */
export function linearise(c: OpCase, knowledge: StaticKnowledge): Linearised {
  const base = applied(c, knowledge);
  const { node, given } = base;
  const outputs = derivedOutputs(node);
  const wrt = c.wrt.map((i) => node.inputs[i]!);
  const cotangents = outputs.map((y, j) => likeOf(y, `u${j}`));
  const tangents = wrt.map((x, i) => likeOf(x, `v${i}`));
  const warnings: string[] = [];
  const xBars = pulledBack(outputs, wrt, cotangents, (message) => warnings.push(message));
  const yDots = pushedForward(outputs, wrt, tangents);
  return {
    ...base,
    outputs,
    wrt,
    cotangents,
    tangents,
    xBars,
    yDots,
    warnings,
    pullback: valuesOf(base, [...given, ...cotangents], xBars),
    pushforward: valuesOf(base, [...given, ...tangents], yDots),
  };
}

/** Which output of its node a variable is. */
export function positionOf(y: Variable): number {
  return y.kind === 'result' ? y.index : 0;
}

function derivedOutputs(node: Apply): readonly Variable[] {
  const floats = node.outputs.filter((y) => isFloat(y.dtype));
  return floats.length > 0 ? floats : node.outputs;
}

/** An input of the dtype and static shape that a tangent or cotangent of `x` has. */
function likeOf(x: Variable, name: string): Input {
  return tensor(name, { dtype: isFloat(x.dtype) ? x.dtype : 'float64', shape: x.shape });
}

const complaints: readonly WarningCode[] = ['GRAD_UNDECLARED_DISCONNECTION', 'GRAD_DISCRETE_TERM'];

/** Jᵀu with absences as they are. */
export function pulledBack(
  outputs: readonly Variable[],
  wrt: readonly Variable[],
  us: readonly Tangent[],
  complain: (message: string) => void = () => {},
): readonly Derivative[] {
  const onWarning: WarningSink = (code, message) => {
    if (complaints.includes(code)) complain(message);
  };
  return pullback(outputs, wrt, us, {
    disconnectedInputs: 'ignore',
    returnDisconnected: 'disconnected',
    nullGradients: 'return',
    onWarning,
  });
}

/** Jv with absences as they are. */
export function pushedForward(
  outputs: readonly Variable[],
  wrt: readonly Variable[],
  vs: readonly Tangent[],
): readonly Derivative[] {
  return pushforward(outputs, wrt, vs, {
    disconnectedOutputs: 'ignore',
    returnDisconnected: 'disconnected',
    nullGradients: 'return',
    onWarning: () => {}, // reverse mode has told it
  });
}

/** Evaluates derivatives; where one is disconnected or does not exist there is no value. */
export function valuesOf(
  base: Applied,
  inputs: readonly Input[],
  derivatives: readonly Derivative[],
): (values: readonly Tensor[], more: readonly Tensor[]) => readonly (Tensor | undefined)[] {
  const variables = derivatives.filter(isVariable);
  const evaluate = base.compile(inputs, variables);
  return (values, more) => {
    const results = evaluate(...base.pick(values), ...more);
    return derivatives.map((d) => (isVariable(d) ? results[variables.indexOf(d)] : undefined));
  };
}

/** Why a derivative does not exist, if it does not. */
export function whyNull(derivative: Derivative): string | undefined {
  if (isVariable(derivative) || isDisconnected(derivative)) return undefined;
  return derivative.type.kind === 'null' ? derivative.type.whyNull : undefined;
}
