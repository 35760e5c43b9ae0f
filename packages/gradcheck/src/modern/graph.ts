import type { Backend, Mode } from '@cotangent/compile';
import { isFloat, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { vectorize } from '@cotangent/autodiff';
import {
  applyOp,
  constant,
  disconnected,
  ioConnectionPattern,
  isAbsence,
  isVariable,
  tensor,
} from '@cotangent/graph';
import { mul } from '@cotangent/ops';
import type { Absence, ConnectionPattern, Input, Op, Tangent, Variable } from '@cotangent/graph';
import { compiled } from '../compiled.ts';
import type { TensorFunction } from '../compiled.ts';
import { pulledBack, pushedForward } from '../op/linearise.ts';
import { fits } from '../op/value-checks.ts';
import { outputsOf } from '../verify-problem.ts';
import type { SymbolicFunction } from '../verify-problem.ts';
import type { Subject, Term } from './subject.ts';

/** What a graph subject is made with. */
export interface GraphOptions {
  readonly name: string;
  readonly compileModes: readonly Mode[] | undefined;
  readonly backend?: Backend | undefined;
  /** Called for every compilation. */
  readonly onCompile: () => void;
}

/** The function of an op without attributes, or a function as it is. */
export function symbolicFunction(fn: SymbolicFunction | Op): SymbolicFunction {
  return typeof fn === 'function' ? fn : (...xs) => applyOp(fn, xs, {}).outputs;
}

/** A function of variables as the checks see it: graphs are built and compiled for the dtypes and shapes given. */
export function graphSubject(fun: SymbolicFunction, options: GraphOptions): Subject {
  const at = memoised((xs: readonly Tensor[]) => new GraphAt(fun, xs, options));
  const variants = options.compileModes ?? ['fast', 'reference'];
  return {
    name: options.name,
    evaluate: (xs) => at(xs).evaluate(xs),
    pullback: (xs, us) => at(xs).pullback(xs, us, variants[0]),
    pushforward: (xs, vs) => at(xs).pushforward(xs, vs),
    derivative: (us, wrt, values) => derivativeOf(fun, us, wrt, values, options),
    tangentDerivative: (vs, wrt) => tangentDerivativeOf(fun, vs, wrt, options),
    pattern: (xs) => at(xs).pattern(),
    takesAbsent: true,
    takesStrided: true,
    variants: Object.fromEntries(
      variants
        .slice(1)
        .map((mode) => [
          mode,
          (xs: readonly Tensor[], us: readonly (Tensor | Absence)[]) =>
            at(xs).pullback(xs, us, mode),
        ]),
    ),
    batched: (xs, us) => new GraphAt(fun, xs.map(firstOf), options).batched(xs, us),
    complexInputs: [],
    complexOutputs: [],
    typesDiffer: (xs) => at(xs).typesDiffer(xs),
  };
}

/** One element of a batch, for its dtype and shape. */
function firstOf(x: Tensor): Tensor {
  return x.pick(0);
}

/** One value for each combination of dtypes and shapes. */
function memoised<T>(make: (xs: readonly Tensor[]) => T): (xs: readonly Tensor[]) => T {
  const known = new Map<string, T>();
  return (xs) => {
    const key = xs.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(xs);
    known.set(key, made);
    return made;
  };
}

/** The graphs of a function for inputs of certain dtypes and shapes. */
class GraphAt {
  readonly #inputs: readonly Input[];
  readonly #outputs: readonly Variable[];
  readonly #options: GraphOptions;
  readonly #functions = new Map<string, TensorFunction>();

  constructor(fun: SymbolicFunction, xs: readonly Tensor[], options: GraphOptions) {
    this.#inputs = xs.map(({ dtype, shape }, i) => tensor(`x${i}`, { dtype, shape }));
    this.#outputs = outputsOf('gradcheck', fun, this.#inputs);
    this.#options = options;
  }

  evaluate(xs: readonly Tensor[]): readonly Tensor[] {
    return this.#function(
      'value',
      this.#options.compileModes?.[0],
      this.#inputs,
      () => this.#outputs,
    )(...xs);
  }

  typesDiffer(xs: readonly Tensor[]): string | undefined {
    const values = this.evaluate(xs);
    const j = this.#outputs.findIndex((y, at) => !fits(values[at]!, y.type));
    if (j < 0) return undefined;
    const { dtype, shape } = values[j]!;
    return `output ${j} is inferred as ${this.#outputs[j]!.dtype}[${this.#outputs[j]!.shape.join()}] and evaluates to ${dtype}[${shape.join()}]`;
  }

  pattern(): ConnectionPattern {
    return ioConnectionPattern(this.#inputs, this.#outputs);
  }

  pullback(
    xs: readonly Tensor[],
    us: readonly (Tensor | Absence)[],
    mode: Mode | undefined,
  ): readonly Term[] {
    const present = us.map((u) => !isAbsence(u));
    const cotangents = this.#cotangents();
    const terms = this.#terms(cotangents.map((u, j) => (present[j] === true ? u : disconnected)));
    const variables = terms.filter(isVariable);
    const key = `pullback ${present.join()} ${mode ?? ''}`;
    const run = this.#function(
      key,
      mode,
      [...this.#inputs, ...cotangents.filter((_, j) => present[j])],
      () => variables,
    );
    const given = us.filter((u): u is Tensor => !isAbsence(u));
    return filled(terms, variables, run(...xs, ...given));
  }

  pushforward(xs: readonly Tensor[], vs: readonly Tensor[]): readonly Term[] {
    const wrt = this.#inputs.filter((x) => isFloat(x.dtype));
    const tangents = this.#tangents;
    const images = this.#images(wrt, tangents);
    const variables = images.filter(isVariable);
    const run = this.#function(
      'pushforward',
      this.#options.compileModes?.[0],
      [...this.#inputs, ...tangents],
      () => variables,
    );
    const given = vs.filter((_, i) => isFloat(this.#inputs[i]!.dtype));
    return filled(images, variables, run(...xs, ...given));
  }

  /** The pullback of a batch; inputs and cotangents have one more axis in front. */
  batched(xs: readonly Tensor[], us: readonly (Tensor | Absence)[]): readonly Term[] {
    const cotangents = this.#cotangents();
    const terms = this.#terms(cotangents);
    const variables = terms.filter(isVariable);
    if (variables.length === 0) return filled(terms, [], []);
    const single = [...this.#inputs, ...cotangents];
    const values = [...xs, ...us.filter((u): u is Tensor => !isAbsence(u))];
    const many = values.map(({ dtype, shape }, k) => tensor(`batch ${k}`, { dtype, shape }));
    const batches = new Map<Variable, Variable>(single.map((x, k) => [x, many[k]!]));
    const whole = vectorize(variables, batches);
    this.#options.onCompile();
    return filled(terms, variables, compiled(many, whole, undefined)(...values));
  }

  #pulled: { readonly key: string; readonly terms: readonly (Variable | Absence)[] }[] = [];
  #pushed: readonly (Variable | Absence)[] | undefined;
  #made: readonly Input[] | undefined;
  readonly #tangentInputs: Input[] = [];

  /** One cotangent per output; what is not floating has none that counts. */
  #cotangents(): readonly Input[] {
    this.#made ??= this.#outputs.map((y, j) =>
      tensor(`u${j}`, { dtype: isFloat(y.dtype) ? y.dtype : 'float64', shape: y.shape }),
    );
    return this.#made;
  }

  get #tangents(): readonly Input[] {
    if (this.#tangentInputs.length === 0) {
      for (const x of this.#inputs) {
        if (isFloat(x.dtype))
          this.#tangentInputs.push(tensor(`v${x.name ?? ''}`, { dtype: x.dtype, shape: x.shape }));
      }
    }
    return this.#tangentInputs;
  }

  #terms(us: readonly Tangent[]): readonly (Variable | Absence)[] {
    const key = us.map((u) => isVariable(u)).join();
    const before = this.#pulled.find((entry) => entry.key === key);
    if (before !== undefined) return before.terms;
    const floats = this.#outputs.map((_, j) => j).filter((j) => isFloat(this.#outputs[j]!.dtype));
    const terms = pulledBack(
      floats.map((j) => this.#outputs[j]!),
      this.#inputs,
      floats.map((j) => us[j]!),
    );
    this.#pulled.push({ key, terms });
    return terms;
  }

  #images(
    wrt: readonly Variable[],
    tangents: readonly Variable[],
  ): readonly (Variable | Absence)[] {
    this.#pushed ??= pushedForward(this.#outputs, wrt, tangents);
    return this.#pushed;
  }

  #function(
    key: string,
    mode: Mode | undefined,
    inputs: readonly Input[],
    outputs: () => readonly Variable[],
  ): TensorFunction {
    const before = this.#functions.get(key);
    if (before !== undefined) return before;
    const wanted = outputs();
    if (wanted.length > 0) this.#options.onCompile();
    const made = compiled(inputs, wanted, mode, this.#options.backend);
    this.#functions.set(key, made);
    return made;
  }
}

/** The derivatives with their values in the places of the variables. */
function filled(
  derivatives: readonly (Variable | Absence)[],
  variables: readonly Variable[],
  values: readonly Tensor[],
): readonly Term[] {
  return derivatives.map((d) => (isVariable(d) ? values[variables.indexOf(d)]! : d));
}

/** x ↦ Jᵀu by some inputs, for fixed u, as a function of variables. */
function derivativeOf(
  fun: SymbolicFunction,
  us: readonly Tensor[],
  wrt: readonly number[],
  values: readonly Tensor[],
  options: GraphOptions,
): Subject {
  const gradient: SymbolicFunction = (...xs) => {
    const outputs = outputsOf('gradcheck', fun, xs.filter(isInput));
    const floats = outputs.map((_, j) => j).filter((j) => isFloat(outputs[j]!.dtype));
    const cotangents = floats.map((j) => constant(us[j]!));
    const terms = pulledBack(
      floats.map((j) => outputs[j]!),
      wrt.map((i) => xs[i]!),
      cotangents,
    );
    return terms.map((term, k) =>
      isVariable(term)
        ? term
        : constant(zerosTensor(values[wrt[k]!]!.shape, values[wrt[k]!]!.dtype)),
    );
  };
  return graphSubject(gradient, { ...options, name: `gradient of ${options.name}` });
}

/** x ↦ Jv by some inputs, for fixed v, as a function of variables with a value for every floating output. */
function tangentDerivativeOf(
  fun: SymbolicFunction,
  vs: readonly Tensor[],
  wrt: readonly number[],
  options: GraphOptions,
): Subject {
  const tangent: SymbolicFunction = (...xs) => {
    const outputs = outputsOf('gradcheck', fun, xs.filter(isInput));
    const floats = outputs.filter((y) => isFloat(y.dtype));
    const tangents = wrt.map((i) => constant(vs[i]!));
    const images = pushedForward(
      floats,
      wrt.map((i) => xs[i]!),
      tangents,
    );
    return images.map((image, j) => (isVariable(image) ? image : mul(floats[j]!, 0)));
  };
  return graphSubject(tangent, { ...options, name: `tangent of ${options.name}` });
}

function isInput(x: Variable): x is Input {
  return x.kind === 'input';
}
