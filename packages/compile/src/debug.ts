import { ArgumentTypeError, CotangentError, Tensor, copy } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { topologicalNodes } from '@cotangent/graph';
import type { Executable } from './backend.ts';
import { exactly, firstMismatch, formatMismatch, halfTheDigits, toleranceOf } from './compare.ts';
import type { Tolerance } from './compare.ts';
import { DebugError, formatPlace } from './errors.ts';
import type { Settings } from './options.ts';
import { buildProgram, withOutputs } from './program.ts';
import type { Program, ProgramNode } from './program.ts';
import { Noise, isStable } from './noise.ts';
import { hasElement, originOf } from './provenance.ts';
import type { Test } from './provenance.ts';
import { evaluateNode, gather, initialValues, referenceBackend } from './reference.ts';
import type { Request } from './request.ts';
import { runPasses } from './rewrite.ts';
import type { RewriteLog } from './rewrite.ts';
import { standardPasses } from './rewrites/standard.ts';

/** The values of all slots of a program. */
type Values = readonly (Tensor | undefined)[];

/**
 * Runs a graph in every way there is and compares, node by node:
 *
 * 1. the bare graph and the rewritten one by the ops' own `eval`, each on private copies of its inputs, so
 *    that a write to an input is seen and harms nobody; dtypes and shapes are checked. Every variable of
 *    the bare graph must equal what it was rewritten to: exactly if all rewrites that fired are exact,
 *    else to half of the digits.
 * 2. the rewritten graph on the backend, if that is not the reference: each node against `eval` of the
 *    backend's own input values, so that rounding errors do not accumulate; and the results.
 * 3. A NaN in a result is traced to the node that made it; an infinity only warns.
 */
export function debugExecutable(
  request: Request,
  settings: Settings,
  program: Program,
): Executable {
  const bareVariables = topologicalNodes(request.outputs).flatMap((node) => node.outputs);
  const compared = [...request.outputs, ...bareVariables];
  // Rewriting everything at once says for each variable what became of it.
  const { outputs, log } = runPasses(compared, standardPasses(settings));
  const session = new DebugSession(
    settings,
    buildProgram(program.inputs, compared),
    buildProgram(program.inputs, outputs),
    program,
    log,
  );
  return { run: (inputs) => session.run(inputs) };
}

class DebugSession {
  readonly #settings: Settings;
  readonly #bare: Program;
  readonly #rewritten: Program;
  readonly #program: Program;
  readonly #log: RewriteLog;
  readonly #executable: Executable;
  readonly #everyNode: Executable | undefined;

  constructor(
    settings: Settings,
    bare: Program,
    rewritten: Program,
    program: Program,
    log: RewriteLog,
  ) {
    this.#settings = settings;
    this.#bare = bare;
    this.#rewritten = rewritten;
    this.#program = program;
    this.#log = log;
    this.#executable = settings.backend.prepare(program);
    if (settings.backend === referenceBackend) return;
    const slots = rewritten.nodes.flatMap((node) => node.outputs);
    this.#everyNode = settings.backend.prepare(withOutputs(rewritten, slots));
  }

  run(inputs: readonly Tensor[]): readonly Tensor[] {
    const bare = this.#evaluate(this.#bare, inputs);
    const rewritten = this.#evaluate(this.#rewritten, inputs);
    this.#compareRewritten(bare, rewritten, inputs);
    this.#compareNodes(inputs);
    const results = this.#executable.run(inputs);
    this.#compareResults(results, rewritten);
    this.#checkFinite(bare, rewritten);
    return results;
  }

  #evaluate(
    program: Program,
    inputs: readonly Tensor[],
    change: (y: Tensor) => Tensor = (y) => y,
  ): Values {
    const values = initialValues(program, inputs);
    for (const node of program.nodes) {
      const ys = this.#evaluateNode(node, gather(values, node.inputs));
      node.outputs.forEach((slot, i) => (values[slot] = change(ys[i]!)));
    }
    return values;
  }

  #evaluateNode(node: ProgramNode, xs: readonly Tensor[]): readonly Tensor[] {
    const copies = xs.map(withOwnStorage);
    let ys: readonly Tensor[];
    try {
      ys = evaluateNode(node, copies);
    } catch (cause) {
      throw this.#wrongResult(node, cause);
    }
    const written = xs.findIndex((x, i) => !sameStorage(x, copies[i]!));
    if (written < 0) return ys;
    const what = `its evaluation writes to input ${written}`;
    throw this.#error('DEBUG_INPUT_WRITTEN', node, xs, what, 'eval must not change its inputs');
  }

  /** Errors of an op's own stay as they are; those about what it returned are found by this mode. */
  #wrongResult({ apply }: ProgramNode, cause: unknown): unknown {
    const isTyped = cause instanceof CotangentError || cause instanceof ArgumentTypeError;
    if (!isTyped || !cause.code.startsWith('COMPILE_RESULT_')) return cause;
    const message = `${this.#settings.name}: ${cause.message}`;
    return new DebugError(message, { code: 'DEBUG_RESULT', node: apply, cause, data: cause.data });
  }

  #compareRewritten(bare: Values, rewritten: Values, inputs: readonly Tensor[]): void {
    const producers = new Map(
      this.#bare.nodes.flatMap((node) => node.outputs.map((slot) => [slot, node] as const)),
    );
    const soundnesses = this.#log.counts.map(({ soundness }) => soundness);
    const isExact = soundnesses.every((soundness) => soundness === 'exact');
    const widens = soundnesses.includes('widens-domain');
    // What the bare graph computes with errors of its own says nothing about the rewritten one.
    const shaken = isExact ? bare : this.#shaken(inputs);
    // The variables of the graph stand behind its outputs, in the order of execution.
    const slots = this.#bare.outputs;
    const first = this.#program.outputs.length;
    for (let k = first; k < slots.length; k++) {
      const node = producers.get(slots[k]!)!;
      const expected = bare[slots[k]!]!;
      const xs = gather(bare, node.inputs);
      const tolerance = isExact ? exactly : { ...halfTheDigits(expected, xs), widens };
      const actual = rewritten[this.#rewritten.outputs[k]!]!;
      if (!isExact && !isStable(expected, shaken[slots[k]!], tolerance)) continue;
      const hint = `rewrites that fired: ${this.#log.counts.map(({ name }) => name).join(', ')}`;
      this.#compare('DEBUG_REWRITE', node, xs, actual, expected, tolerance, hint);
    }
  }

  /**
   * The values of the bare graph with every result off by a few units in the last place: how far they move tells how many
   * of their digits are right (Vignes 1993, A stochastic arithmetic for reliable scientific computation). Nothing if
   * evaluation fails.
   */
  #shaken(inputs: readonly Tensor[]): Values {
    const noise = new Noise();
    try {
      return this.#evaluate(this.#bare, inputs, (y) => noise.on(y));
    } catch {
      return [];
    }
  }

  #compareNodes(inputs: readonly Tensor[]): void {
    if (this.#everyNode === undefined) return;
    const { nodes } = this.#rewritten;
    const computed = this.#everyNode.run(inputs);
    const values = initialValues(this.#rewritten, inputs);
    // The next run may use the same memory again.
    nodes.flatMap((node) => node.outputs).forEach((slot, k) => (values[slot] = copy(computed[k]!)));
    for (const node of nodes) {
      const xs = gather(values, node.inputs);
      const expected = this.#evaluateNode(node, xs);
      node.outputs.forEach((slot, i) => {
        const tolerance = toleranceOf(node.apply, expected[i]!, xs);
        const hint = `backend ${this.#settings.backend.name} differs from the reference`;
        this.#compare('DEBUG_BACKEND', node, xs, values[slot]!, expected[i]!, tolerance, hint);
      });
    }
  }

  #compareResults(results: readonly Tensor[], rewritten: Values): void {
    const nodes = this.#rewritten.nodes;
    results.forEach((actual, k) => {
      const slot = this.#rewritten.outputs[k]!;
      const node = nodes.find(({ outputs }) => outputs.includes(slot));
      if (node === undefined) return; // an input or a constant, passed on
      const xs = gather(rewritten, node.inputs);
      const expected = rewritten[slot]!;
      const hint = `backend ${this.#settings.backend.name} differs from the reference`;
      const tolerance = halfTheDigits(expected, xs);
      this.#compare('DEBUG_BACKEND', node, xs, actual, expected, tolerance, hint);
    });
  }

  #compare(
    code: string,
    node: ProgramNode,
    xs: readonly Tensor[],
    actual: Tensor,
    expected: Tensor,
    tolerance: Tolerance,
    hint: string,
  ): void {
    const mismatch = firstMismatch(actual, expected, tolerance);
    if (mismatch === undefined) return;
    throw this.#error(code, node, xs, formatMismatch(mismatch), hint, { ...mismatch });
  }

  /** In the bare graph if the trouble is there too: it is the one that the user wrote. */
  #checkFinite(bare: Values, rewritten: Values): void {
    const isNaNElement: Test = (element) => Number.isNaN(element);
    const isInfinite: Test = (element) => element === Infinity || element === -Infinity;
    const nan = this.#origin(bare, rewritten, isNaNElement);
    if (nan !== undefined) throw this.#madeNaN(nan);
    const infinity = this.#origin(bare, rewritten, isInfinite);
    if (infinity === undefined) return;
    const { node, values } = infinity;
    const xs = gather(values, node.inputs);
    const message = `${this.#settings.name}: ${node.apply.op.name} made the first infinity that reaches a result\n${formatPlace(node.apply, xs)}`;
    this.#settings.warn('DEBUG_INFINITY', message, node.apply.outputs[0]!);
  }

  #origin(bare: Values, rewritten: Values, test: Test): Origin | undefined {
    const count = this.#program.outputs.length;
    const slots = this.#rewritten.outputs.slice(0, count);
    if (!slots.some((slot) => hasElement(rewritten[slot]!, test))) return undefined;
    const inBare = originOf(this.#bare, bare, this.#bare.outputs.slice(0, count), test);
    if (inBare !== undefined) return { node: inBare, values: bare, program: this.#bare };
    const node = originOf(this.#rewritten, rewritten, slots, test);
    return node && { node, values: rewritten, program: this.#rewritten };
  }

  #madeNaN({ node, values, program }: Origin): DebugError {
    const xs = gather(values, node.inputs);
    const isInfinite: Test = (element) => element === Infinity || element === -Infinity;
    const source = originOf(program, values, node.inputs, isInfinite);
    const infinite = xs.some((x) => hasElement(x, isInfinite));
    const cause = source === undefined ? 'an argument or constant' : source.apply.op.name;
    const what = 'it made the first NaN that reaches a result, from inputs without one';
    const hint = infinite
      ? `an input is infinite, which was made by ${cause}`
      : 'its inputs are finite: one is outside the domain of the op';
    return this.#error('DEBUG_NAN', node, xs, what, hint);
  }

  #error(
    code: string,
    { apply }: ProgramNode,
    xs: readonly Tensor[],
    what: string,
    hint: string,
    data: Readonly<Record<string, unknown>> = {},
  ): DebugError {
    const message = `${this.#settings.name}: ${apply.op.name}: ${what}\n${formatPlace(apply, xs)}`;
    const inputShapes = xs.map((x) => x.shape);
    const info = { op: apply.op.name, inputShapes, ...data };
    return new DebugError(message, { code, hint, node: apply, data: info });
  }
}

/** A node that made a number of some kind, and where it was computed. */
interface Origin {
  readonly node: ProgramNode;
  readonly values: Values;
  readonly program: Program;
}

/** The same tensor over a copy of the whole storage: the layout that the op would see, and nobody else's. */
function withOwnStorage({ data, shape, stride, offset, dtype }: Tensor): Tensor {
  return new Tensor<DType>(data.slice(), shape, stride, offset, dtype);
}

function sameStorage(a: Tensor, b: Tensor): boolean {
  return a.data.every((element, k) => Object.is(element, b.data[k]));
}
