import { ValueError, dtypes } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import * as v from 'valibot';
import { isPlainObject } from './plain.ts';
import type { Shape } from './types.ts';

/** Version of the format that this release writes and reads. */
export const documentVersion = 1;

// More axes than any graph has; keeps a hostile document from making every later step slow.
const mostAxes = 64;

/** JSON values as they stand in a {@link GraphDocument}. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A variable of a {@link GraphDocument}. */
export interface VariableDocument {
  readonly dtype: DType;
  /** `null` for a size not known until the graph is run. */
  readonly shape: Shape;
  readonly weak?: true;
  readonly name?: string;
}

/** A constant: its elements in row-major order, little-endian, `bool` as bytes 0 and 1, in base64. */
export interface ConstantDocument extends VariableDocument {
  readonly data: string;
}

/** One use of an op. */
export interface NodeDocument {
  readonly op: string;
  readonly inputs: readonly number[];
  /** Attributes; `{"$number": "NaN"}` stands for a number that JSON has not (`Infinity`, `-0`, …). */
  readonly attrs: { readonly [key: string]: JsonValue };
  readonly outputs: readonly VariableDocument[];
}

/**
 * A graph as data for `JSON.stringify`. Variables are referred to by number: first all inputs, then all
 * constants, then the outputs of each node; nodes come after those they need.
 */
export interface GraphDocument {
  readonly format: 'cotangent-graph';
  readonly version: 1;
  readonly inputs: readonly VariableDocument[];
  readonly constants: readonly ConstantDocument[];
  readonly nodes: readonly NodeDocument[];
  readonly outputs: readonly number[];
}

/**
 * A graph that cannot become a document, or a document that is not a valid graph; `data.path` says where,
 * for example `nodes[3].inputs[1]`.
 */
export class SerializationError extends ValueError {
  override get name(): string {
    return 'SerializationError';
  }
}

/** The error for a document that is not valid at `path`. */
export function invalidDocument(path: string, why: string, cause?: unknown): SerializationError {
  return new SerializationError(`fromJSON: ${path === '' ? 'the document' : path} ${why}`, {
    code: 'GRAPH_DOCUMENT_INVALID',
    hint: 'the document must be what toJSON wrote, unchanged',
    data: { path },
    cause,
  });
}

/**
 * Checks that `value` has the form of a {@link GraphDocument}: kinds, keys and ranges, not yet whether
 * references and types make sense.
 *
 * @returns a copy, attributes apart.
 * @throws SerializationError `GRAPH_DOCUMENT_INVALID` with the path of the first fault.
 */
export function checkDocument(value: unknown): GraphDocument {
  const result = v.safeParse(documentSchema(), value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalidDocument(
    formatPath((issue.path ?? []).map(({ key }) => key)),
    `is not valid: ${issue.message}`,
  );
}

/** `nodes[3].inputs[1]` from its parts. */
export function formatPath(keys: readonly unknown[]): string {
  let path = '';
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`;
    else path += path === '' ? String(key) : `.${String(key)}`;
  }
  return path;
}

function documentSchema(): v.GenericSchema<unknown, GraphDocument> {
  const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
  const shape = v.pipe(v.array(v.nullable(size)), v.maxLength(mostAxes));
  const variable = {
    dtype: v.picklist(dtypes),
    shape,
    weak: v.exactOptional(v.literal(true)),
    name: v.exactOptional(v.string()),
  };
  const node = {
    op: v.string(),
    inputs: v.array(size),
    attrs: v.custom<NodeDocument['attrs']>(isPlainObject, 'Expected an object'),
    outputs: v.array(exactObject(variable)),
  };
  return exactObject({
    format: v.literal('cotangent-graph'),
    version: v.literal(documentVersion),
    inputs: v.array(exactObject(variable)),
    constants: v.array(exactObject({ ...variable, data: v.string() })),
    nodes: v.array(exactObject(node)),
    outputs: v.array(size),
  });
}

/** Like `v.strictObject`, which lets keys pass that every object inherits, such as `__proto__`. */
function exactObject<T extends v.ObjectEntries>(
  entries: T,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<T, undefined>>> {
  return v.pipe(
    v.unknown(),
    v.check(isPlainObject, 'Expected an object'),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value;
      if (!dataset.typed || !isPlainObject(input)) return;
      const key = Object.keys(input).find((name) => !Object.hasOwn(entries, name));
      if (key === undefined) return;
      const value = input[key];
      addIssue({
        message: `Unknown key ${JSON.stringify(key)}`,
        path: [{ type: 'object', origin: 'key', input, key, value }],
      });
    }),
    v.object(entries),
  );
}
