export type { ShapeOnly } from './arguments.ts';
export type { Backend, Executable, Ready, Shapes, Statistics } from './backend.ts';
export { compile } from './compile.ts';
export { DebugError, MissingInputError, UnusedInputError } from './errors.ts';
export type {
  ArgumentsOf,
  CompiledFunction,
  PlacedOf,
  PlacementsOf,
  ResultsOf,
} from './function.ts';
export type {
  CompileOptions,
  CompileWarningCode,
  CompileWarningSink,
  Givens,
  Mode,
  Updates,
} from './options.ts';
export { buildProgram } from './program.ts';
export type { Program, ProgramConstant, ProgramNode } from './program.ts';
export { evaluateNode, referenceBackend } from './reference.ts';
export { RewriteLog, nodePass, repeated, runPasses } from './rewrite.ts';
export type {
  NodeRewrite,
  Pass,
  RewriteContext,
  RewriteCount,
  Rewritten,
  Soundness,
} from './rewrite.ts';
export { rewrite } from './rewrites/pattern.ts';
export type { Equation, EquationRewrite } from './rewrites/pattern.ts';
export { settlingPass } from './rewrites/settle.ts';
export { standardPasses, standardRewrites } from './rewrites/standard.ts';
export type { RewriteOptions } from './rewrites/standard.ts';
export { defaultPasses, simplifyPass } from './rewrites.ts';
export { Shared, shared } from './shared.ts';
export type { SharedVariableOptions, StorageOptions } from './shared.ts';
