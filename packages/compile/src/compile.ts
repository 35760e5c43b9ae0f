import { isVariable } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import type { Executable } from './backend.ts';
import { debugExecutable } from './debug.ts';
import { explainPlan } from './explain.ts';
import { makeFunction } from './function.ts';
import type { CompiledFunction } from './function.ts';
import { Links } from './links.ts';
import { readOptions } from './options.ts';
import type { CompileOptions, Settings } from './options.ts';
import { buildProgram } from './program.ts';
import type { Program } from './program.ts';
import { referenceBackend } from './reference.ts';
import { readRequest } from './request.ts';
import type { Request } from './request.ts';
import { runPasses } from './rewrite.ts';
import { standardPasses } from './rewrites/standard.ts';

/**
 * Turns a graph into a function of its inputs. Replacing, rewriting and scheduling are done here, once;
 * compiling and calling take time linear in the number of nodes, at any depth.
 *
 * @param inputs - every input that the outputs need, in the order of the arguments, shared variables
 *   excepted: those are read without being passed.
 * @param outputs - a variable, and a call returns a tensor; or an array of them, and a call returns an
 *   array. An empty array is allowed if there are updates.
 * @throws ArgumentTypeError `COMPILE_INPUT_LIST`, `COMPILE_NOT_AN_INPUT`, `COMPILE_SHARED_INPUT`,
 *   `COMPILE_NOT_A_VARIABLE`, `COMPILE_NOT_A_PAIR`, `COMPILE_UPDATE_NOT_SHARED`, `COMPILE_OPTIONS_TYPE`.
 * @throws DTypeError (a TypeError) `COMPILE_NULL_OUTPUT` with the reason if an output is a derivative
 *   that does not exist; `COMPILE_GIVEN_DTYPE`, `COMPILE_UPDATE_DTYPE`; ShapeError `COMPILE_GIVEN_SHAPE`,
 *   `COMPILE_UPDATE_SHAPE`.
 * @throws MissingInputError `COMPILE_MISSING_INPUT`, `COMPILE_DISCONNECTED_OUTPUT`; UnusedInputError
 *   `COMPILE_UNUSED_INPUT`; ValueError `COMPILE_DUPLICATE_INPUT`, `COMPILE_DUPLICATE_GIVEN`,
 *   `COMPILE_DUPLICATE_UPDATE`, `COMPILE_CYCLIC_GIVENS`, `COMPILE_NOTHING`, `COMPILE_UNKNOWN_OPTION`,
 *   `COMPILE_INVALID_OPTION`.
 * @example
 * const x = vector('x'), y = vector('y');
 * const f = compile([x, y], add(mul(2, x), y));
 * f([1, 2], new Float64Array([10, 20])).toArray(); // [12, 24]
 */
export function compile<
  const I extends readonly Input[],
  const O extends Variable | readonly Variable[],
>(inputs: I, outputs: O, options: CompileOptions = {}): CompiledFunction<I, O> {
  const settings = readOptions(options);
  const isSingle = !Array.isArray(outputs);
  const wanted: readonly Variable[] = isVariable(outputs) ? [outputs] : [outputs].flat();
  const request = readRequest(inputs, wanted, settings);
  const rewritten = runPasses(request.outputs, standardPasses(settings));
  const program = buildProgram([...request.inputs, ...request.read], rewritten.outputs);
  const links = new Links(request, settings.borrow);
  const executable = executableFor(request, settings, program, links);
  const compiled = makeFunction({
    request,
    settings,
    program,
    executable,
    links,
    isSingle,
    outputs: wanted,
    explain: () => {
      const compiledSoFar = executable.explain?.();
      const plan = explainPlan(request, settings, rewritten.log, program);
      return compiledSoFar === undefined ? plan : `${plan}\n${compiledSoFar}`;
    },
  });
  // The one boundary where the types of inputs and outputs, forgotten inside, are restored.
  return compiled as unknown as CompiledFunction<I, O>;
}

function executableFor(
  request: Request,
  settings: Settings,
  program: Program,
  links: Links,
): Executable {
  switch (settings.mode) {
    case 'fast':
      return settings.backend.prepare(program, (ready) => links.drop(ready));
    case 'reference':
      return referenceBackend.prepare(program);
    case 'debug':
      return debugExecutable(request, settings, program);
    default:
      return settings.mode satisfies never;
  }
}
