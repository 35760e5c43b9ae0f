import type { Procedure, Statement } from './statements.ts';
import { fold, operandsOf } from './values.ts';
import type { BinaryOp, CompareOp, Value } from './values.ts';

/** A procedure as text: what `f.explain()` shows. Deterministic; equal procedures print equally. */
export function printProcedure({ name, buffers, body }: Procedure): string {
  const parameters = buffers.map((b) => `${b.name}: ${b.dtype}[]`).join(', ');
  return [`procedure ${name}(${parameters})`, ...body.flatMap((s) => linesOf(s, 1))].join('\n');
}

function linesOf(s: Statement, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const shared = new SharedParts(valuesOf(s));
  const text = (x: Value): string => shared.text(x);
  const lines = headOf(s, text).map((line) => `${pad}${line}`);
  const inside = (body: readonly Statement[]): readonly string[] =>
    body.flatMap((part) => linesOf(part, depth + 1));
  const body = 'body' in s ? inside(s.body) : [];
  const otherwise =
    s.kind === 'if' && s.otherwise.length > 0 ? [`${pad}else`, ...inside(s.otherwise)] : [];
  return [...shared.lines.map((line) => `${pad}${line}`), ...lines, ...body, ...otherwise];
}

/** The line of a statement itself. */
function headOf(s: Statement, text: (x: Value) => string): readonly string[] {
  switch (s.kind) {
    case 'for': {
      const how = s.vector ? 'vector for' : 'for';
      return [`${how} ${s.index.name} in ${text(s.from)} … ${text(s.to)}`];
    }
    case 'let':
      return [`${s.local.name}: ${s.local.type} = ${text(s.value)}`];
    case 'assign':
      return [`${s.local.name} := ${text(s.value)}`];
    case 'accumulate':
      return [`${s.local.name} ${s.op}= ${text(s.value)}`];
    case 'store':
      return [`${s.buffer.name}[${text(s.at)}] = ${text(s.value)}`];
    case 'while':
    case 'if':
      return [`${s.kind} ${text(s.condition)}`];
    case 'block':
    case 'refuse':
      return [s.kind];
    case 'matrixProduct': {
      const sizes = `${s.rows}×${s.inner} · ${s.inner}×${s.columns}`;
      const how = `${s.accumulate ? (s.negate ? '-' : '+') : ''}=${s.negate && !s.accumulate ? ' -' : ''}`;
      return [`${s.out.buffer.name} ${how} ${s.a.buffer.name} · ${s.b.buffer.name}  (${sizes})`];
    }
    default:
      return s satisfies never;
  }
}

/** The values that are printed with a statement itself. */
function valuesOf(s: Statement): readonly Value[] {
  switch (s.kind) {
    case 'for':
      return [s.from, s.to];
    case 'let':
    case 'assign':
    case 'accumulate':
      return [s.value];
    case 'store':
      return [s.at, s.value];
    case 'if':
    case 'while':
      return [s.condition];
    default:
      return [];
  }
}

/** A text that is longer and needed more than once gets a name. */
const longestRepeated = 48;

/** Texts of the values of one statement, and lines with the parts that they share. */
class SharedParts {
  readonly lines: string[] = [];
  readonly #uses = new Map<Value, number>();
  readonly #texts = new Map<Value, string>();

  constructor(values: readonly Value[]) {
    const stack = [...values];
    for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
      const uses = this.#uses.get(x) ?? 0;
      this.#uses.set(x, uses + 1);
      if (uses === 0) stack.push(...operandsOf(x));
    }
  }

  text(x: Value): string {
    return fold<string>(
      x,
      (y, texts) => {
        const made = printed(y, texts);
        if ((this.#uses.get(y) ?? 0) < 2 || made.length <= longestRepeated) return made;
        const name = `%${this.lines.length}`;
        this.lines.push(`${name} = ${made}`);
        return name;
      },
      this.#texts,
    );
  }
}

const infix: { readonly [Op in BinaryOp]?: string } = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  and: '&',
  or: '|',
  xor: '^',
  rem: '%',
  shl: '<<',
  shrS: '>>',
  shrU: '>>>',
};
const relation: { readonly [Op in CompareOp]: string } = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  ltU: '<u',
};

/** An expression as text, fully parenthesised but at the top. */
export function printValue(x: Value): string {
  return fold<string>(x, printed);
}

function printed(y: Value, texts: readonly string[]): string {
  const inner = operandsOf(y).map((operand, k) =>
    isCompound(operand) && !texts[k]!.startsWith('%') ? `(${texts[k]})` : texts[k],
  );
  switch (y.kind) {
    case 'index':
    case 'local':
      return y.name;
    case 'const':
      return Object.is(y.value, -0) ? '-0' : String(y.value);
    case 'load':
      return `${y.buffer.name}[${texts[0]}]`;
    case 'unary':
      return `${y.op}(${texts[0]})`;
    case 'convert':
      return `${y.to}(${texts[0]})`;
    case 'compare':
      return `${inner[0]} ${relation[y.op]} ${inner[1]}`;
    case 'select':
      return `${inner[0]} ? ${inner[1]} : ${inner[2]}`;
    case 'binary': {
      const sign = infix[y.op];
      return sign ? `${inner[0]} ${sign} ${inner[1]}` : `${y.op}(${texts[0]}, ${texts[1]})`;
    }
    default:
      return y satisfies never;
  }
}

function isCompound(y: Value): boolean {
  return y.kind === 'compare' || y.kind === 'select' || (y.kind === 'binary' && y.op in infix);
}
