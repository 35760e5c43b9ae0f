import { ValueError, byteSize } from '@cotangent/tensor';
import { applyOp } from './apply.ts';
import type { Apply } from './apply.ts';
import { decodeAttrs, encodeAttrs } from './attrs-json.ts';
import { base64Length, bytesOf, fromBase64, tensorOfBytes, toBase64 } from './bytes.ts';
import {
  SerializationError,
  checkDocument,
  documentVersion,
  formatPath,
  invalidDocument,
} from './document.ts';
import type {
  ConstantDocument,
  GraphDocument,
  NodeDocument,
  VariableDocument,
} from './document.ts';
import { InnerGraph, innerGraphsOf } from './inner-graph.ts';
import type { Op } from './op.ts';
import { maxDataDepth } from './plain.ts';
import { topologicalNodes } from './traversal.ts';
import { formatType, isKnownShape, sameType } from './types.ts';
import type { TensorType } from './types.ts';
import { Constant, Input, nameIfUnnamed } from './variable.ts';
import type { Variable } from './variable.ts';

/** Options of {@link toJSON}. */
export interface ToJSONOptions {
  /**
   * The inputs of the saved graph, in this order. Constants and results are allowed: they are taken as
   * given and become inputs. Default: every input that the outputs depend on, as they are met.
   */
  readonly inputs?: readonly Variable[];
}

/** What {@link fromJSON} returns: new variables, in the order that was saved. */
export interface LoadedGraph {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
}

/**
 * A graph as plain data for `JSON.stringify`, constants included, every bit of every number kept. Ops are
 * saved by name. Takes linear time.
 *
 * @throws SerializationError `GRAPH_NOT_SERIALIZABLE` if an attribute is not plain data (a function, a
 *   class instance), or if two ops have one name; ValueError `GRAPH_INPUT_MISSING` if
 *   `options.inputs` leaves out an input that the outputs depend on, `GRAPH_INPUT_REPEATED` if it names
 *   one twice.
 * @example
 * const text = JSON.stringify(toJSON([loss], { inputs: [x, y] }));
 * const { inputs, outputs } = fromJSON(JSON.parse(text), [add, mul, sum]);
 */
export function toJSON(outputs: readonly Variable[], options: ToJSONOptions = {}): GraphDocument {
  const given = new Set(options.inputs);
  if (given.size !== (options.inputs?.length ?? 0)) throw repeatedInput();
  const nodes = topologicalNodes(outputs, { stop: given });
  checkOpNames(nodes);
  const { inputs, constants } = rootsIn(nodes, outputs, given);
  if (options.inputs !== undefined && inputs.length > given.size) {
    throw missingInput(inputs[given.size]!);
  }
  const numbers = new Map<Variable, number>();
  let count = 0;
  for (const x of [...inputs, ...constants]) numbers.set(x, count++);
  // A node may have given outputs: those keep their numbers as inputs, but take up one here too.
  for (const node of nodes) {
    for (const y of node.outputs) {
      if (!given.has(y)) numbers.set(y, count);
      count++;
    }
  }
  const numberOf = (x: Variable): number => numbers.get(x)!; // the loops above met every variable
  return {
    format: 'cotangent-graph',
    version: documentVersion,
    inputs: inputs.map(variableDocument),
    constants: constants.map((x) => ({ ...variableDocument(x), data: toBase64(bytesOf(x.value)) })),
    nodes: nodes.map((node) => nodeDocument(node, numberOf)),
    outputs: outputs.map(numberOf),
  };
}

function rootsIn(
  nodes: readonly Apply[],
  outputs: readonly Variable[],
  given: ReadonlySet<Variable>,
): { readonly inputs: readonly Variable[]; readonly constants: readonly Constant[] } {
  const inputs = new Set(given);
  const constants = new Set<Constant>();
  const meet = (x: Variable): void => {
    if (given.has(x)) return;
    if (x.kind === 'input') inputs.add(x);
    if (x.kind === 'constant') constants.add(x);
  };
  for (const node of nodes) node.inputs.forEach(meet);
  outputs.forEach(meet);
  return { inputs: [...inputs], constants: [...constants] };
}

function variableDocument({ type, name }: Variable): VariableDocument {
  return {
    dtype: type.dtype,
    shape: [...type.shape],
    ...(type.weak === true && { weak: true }),
    ...(name !== undefined && { name }),
  };
}

function nodeDocument(node: Apply, numberOf: (x: Variable) => number): NodeDocument {
  const { op, attrs, inputs, outputs } = node;
  return {
    op: op.name,
    inputs: inputs.map(numberOf),
    attrs: encodeAttrs(
      attrs,
      (keys, why) => notSerializable(op, formatPath(['attrs', ...keys]), why),
      (graph) => toJSON(graph.outputs, { inputs: graph.inputs }),
    ),
    outputs: outputs.map(variableDocument),
  };
}

function checkOpNames(nodes: readonly Apply[], ops: Map<string, Op> = new Map<string, Op>()): void {
  for (const { op, attrs } of nodes) {
    if ((ops.get(op.name) ?? op) !== op) throw notSerializable(op, 'op', 'is the name of two ops');
    ops.set(op.name, op);
    for (const [, { outputs }] of innerGraphsOf(attrs))
      checkOpNames(topologicalNodes(outputs), ops);
  }
}

/**
 * Rebuilds a graph that {@link toJSON} saved. The document may come from anywhere: everything in it is
 * checked, no memory is taken beyond a small multiple of its size, and nothing is run but the inference
 * (`infer`, `shapeLike`) of the ops that the caller passes.
 *
 * @param document - parsed JSON.
 * @param ops - the ops that the document may use: op functions, or their records.
 * @throws SerializationError `GRAPH_DOCUMENT_INVALID` with the path of the first fault in `data.path`:
 *   wrong kinds or keys, an op that was not passed, a reference to a variable that comes later, a wrong
 *   number of inputs, a type that the op does not infer, a constant whose bytes do not fit its shape.
 *   ValueError `GRAPH_OP_NAME_REPEATED` if two of `ops` have one name.
 */
export function fromJSON(
  document: unknown,
  ops: readonly Op[] | readonly { readonly op: Op }[],
): LoadedGraph {
  return load(document, { ops: opsByName(ops), path: [], graphs: new Set() });
}

/** What loading a graph and the graphs inside it needs. */
interface Loading {
  readonly ops: ReadonlyMap<string, Op>;
  /** Where in the whole document the graph is. */
  readonly path: readonly string[];
  /** The documents of inner graphs met so far: JSON is a tree. */
  readonly graphs: Set<unknown>;
}

function load(document: unknown, loading: Loading): LoadedGraph {
  const { inputs, constants, nodes, outputs } = checkDocument(document);
  const loaded = inputs.map((input) => new Input(typeOf(input), input.name));
  const variables: Variable[] = [...loaded];
  constants.forEach((constant, i) => variables.push(loadConstant(constant, `constants[${i}]`)));
  nodes.forEach((node, i) => {
    for (const y of loadNode(node, `nodes[${i}]`, variables, loading)) variables.push(y);
  });
  return {
    inputs: loaded,
    outputs: outputs.map((number, i) => resolve(number, variables, `outputs[${i}]`)),
  };
}

function opsByName(ops: readonly (Op | { readonly op: Op })[]): ReadonlyMap<string, Op> {
  const byName = new Map<string, Op>();
  for (const entry of ops) {
    const op = 'op' in entry ? entry.op : entry;
    if ((byName.get(op.name) ?? op) !== op) {
      throw new ValueError(`fromJSON: two ops are named ${JSON.stringify(op.name)}`, {
        code: 'GRAPH_OP_NAME_REPEATED',
        hint: 'pass only the one that the document means',
        data: { op: op.name },
      });
    }
    byName.set(op.name, op);
  }
  return byName;
}

function typeOf({ dtype, shape, weak }: VariableDocument): TensorType {
  return weak === true ? { kind: 'tensor', dtype, shape, weak } : { kind: 'tensor', dtype, shape };
}

function loadConstant(document: ConstantDocument, path: string): Constant {
  const { dtype, shape, data, name } = document;
  if (!isKnownShape(shape)) throw invalidDocument(`${path}.shape`, 'has an unknown size');
  const expected = shape.reduce((product, size) => product * size, byteSize(dtype));
  const length = base64Length(data);
  if (length === undefined) throw invalidDocument(`${path}.data`, 'is not base64');
  if (length !== expected) {
    const why = `has ${length} bytes, but ${formatType(typeOf(document))} takes ${expected}`;
    throw invalidDocument(`${path}.data`, why);
  }
  const bytes = fromBase64(data);
  if (dtype === 'bool' && bytes.some((byte) => byte > 1)) {
    throw invalidDocument(`${path}.data`, 'has a bool that is neither 0 nor 1');
  }
  return new Constant(typeOf(document), tensorOfBytes(dtype, shape, bytes), name);
}

function loadNode(
  document: NodeDocument,
  path: string,
  variables: readonly Variable[],
  loading: Loading,
): readonly Variable[] {
  const op = loading.ops.get(document.op);
  if (op === undefined) {
    throw invalidDocument(
      `${path}.op`,
      `is ${JSON.stringify(document.op)}, which is not among the ops`,
    );
  }
  const attrs = decodeAttrs(
    document.attrs,
    (keys, why) => invalidDocument(formatPath([`${path}.attrs`, ...keys]), why),
    (inner, keys) => loadInner(inner, formatPath([`${path}.attrs`, ...keys]), loading),
  );
  if (op.inputCount !== undefined && document.inputs.length !== op.inputCount) {
    const why = `has ${document.inputs.length} entries, but ${op.name} takes ${op.inputCount}`;
    throw invalidDocument(`${path}.inputs`, why);
  }
  const inputs = document.inputs.map((number, i) =>
    resolve(number, variables, `${path}.inputs[${i}]`),
  );
  const node = inferred(op, inputs, attrs, path);
  checkOutputs(node, document.outputs, path);
  return node.outputs;
}

function loadInner(document: unknown, path: string, loading: Loading): InnerGraph {
  if (loading.graphs.has(document)) throw invalidDocument(path, 'occurs twice');
  if (loading.path.length >= maxDataDepth) throw invalidDocument(path, 'is nested too deeply');
  loading.graphs.add(document);
  try {
    const { inputs, outputs } = load(document, { ...loading, path: [...loading.path, path] });
    return new InnerGraph(inputs, outputs);
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    const inside = typeof error.data?.['path'] === 'string' ? error.data['path'] : '';
    throw invalidDocument(`${path}.${inside}`, 'is not valid', error);
  }
}

function inferred(op: Op, inputs: readonly Variable[], attrs: object, path: string): Apply {
  try {
    return applyOp(op, inputs, attrs);
  } catch (cause) {
    const why = `is no valid use of ${op.name}: ${cause instanceof Error ? cause.message : 'error'}`;
    throw invalidDocument(path, why, cause);
  }
}

function checkOutputs(node: Apply, outputs: readonly VariableDocument[], path: string): void {
  if (outputs.length !== node.outputs.length) {
    const why = `has ${outputs.length} entries, but ${node.op.name} makes ${node.outputs.length}`;
    throw invalidDocument(`${path}.outputs`, why);
  }
  node.outputs.forEach((y, i) => {
    const recorded = outputs[i]!;
    const type = typeOf(recorded);
    if (!sameType(y.type, type) || y.type.weak !== type.weak) {
      const why = `is recorded as ${describeType(type)}, but inferred as ${describeType(y.type)}`;
      throw invalidDocument(`${path}.outputs[${i}]`, why);
    }
    if (recorded.name !== undefined) nameIfUnnamed(y, recorded.name);
  });
}

function resolve(number: number, variables: readonly Variable[], path: string): Variable {
  const variable = variables[number];
  if (variable !== undefined) return variable;
  throw invalidDocument(path, `is ${number}, but only ${variables.length} variables come before`);
}

function describeType(type: TensorType): string {
  return `${type.weak === true ? 'weak ' : ''}${formatType(type)}`;
}

function notSerializable(op: Op, path: string, why: string): SerializationError {
  return new SerializationError(`toJSON: ${op.name}: ${path} ${why}`, {
    code: 'GRAPH_NOT_SERIALIZABLE',
    hint: 'only graphs of distinctly named ops whose attributes are plain data can be saved',
    data: { op: op.name, path },
  });
}

function repeatedInput(): ValueError {
  return new ValueError('toJSON: a variable occurs twice among the inputs', {
    code: 'GRAPH_INPUT_REPEATED',
  });
}

function missingInput(x: Variable): ValueError {
  return new ValueError(`toJSON: the outputs depend on ${x.toString()}, which is not an input`, {
    code: 'GRAPH_INPUT_MISSING',
    hint: 'list every input that the outputs depend on, or give no list',
    data: { input: x.toString() },
  });
}
