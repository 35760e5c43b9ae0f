import type { Procedure, Statement } from './statements.ts';
import type { BinaryOp, Value } from './values.ts';

/** A procedure as text: what `f.explain()` shows. Deterministic; equal procedures print equally. */
export function printProcedure({ name, buffers, body }: Procedure): string {
  const parameters = buffers.map((b) => `${b.name}: ${b.dtype}[]`).join(', ');
  return [`procedure ${name}(${parameters})`, ...body.flatMap((s) => linesOf(s, 1))].join('\n');
}

function linesOf(s: Statement, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const inside = (body: readonly Statement[]): readonly string[] =>
    body.flatMap((part) => linesOf(part, depth + 1));
  switch (s.kind) {
    case 'for': {
      const how = s.vector ? 'vector for' : 'for';
      const range = `${s.index.name} in ${printValue(s.from)} … ${printValue(s.to)}`;
      return [`${pad}${how} ${range}`, ...inside(s.body)];
    }
    case 'let':
      return [`${pad}${s.local.name}: ${s.local.type} = ${printValue(s.value)}`];
    case 'assign':
      return [`${pad}${s.local.name} := ${printValue(s.value)}`];
    case 'accumulate':
      return [`${pad}${s.local.name} ${s.op}= ${printValue(s.value)}`];
    case 'store':
      return [`${pad}${s.buffer.name}[${printValue(s.at)}] = ${printValue(s.value)}`];
    case 'while':
      return [`${pad}while ${printValue(s.condition)}`, ...inside(s.body)];
    case 'if':
      return [
        `${pad}if ${printValue(s.condition)}`,
        ...inside(s.body),
        ...(s.otherwise.length > 0 ? [`${pad}else`, ...inside(s.otherwise)] : []),
      ];
    case 'matrixProduct': {
      const sizes = `${s.rows}×${s.inner} · ${s.inner}×${s.columns}`;
      const how = s.accumulate ? '+=' : '=';
      return [
        `${pad}${s.out.buffer.name} ${how} ${s.a.buffer.name} · ${s.b.buffer.name}  (${sizes})`,
      ];
    }
    default:
      return s satisfies never;
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
};
const relation = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** An expression as text, fully parenthesised but at the top. */
export function printValue(x: Value): string {
  const inner = (y: Value): string => {
    const text = printValue(y);
    const isCompound = y.kind === 'binary' || y.kind === 'compare' || y.kind === 'select';
    return isCompound ? `(${text})` : text;
  };
  switch (x.kind) {
    case 'index':
    case 'local':
      return x.name;
    case 'const':
      return Object.is(x.value, -0) ? '-0' : String(x.value);
    case 'load':
      return `${x.buffer.name}[${printValue(x.at)}]`;
    case 'unary':
      return `${x.op}(${printValue(x.x)})`;
    case 'convert':
      return `${x.to}(${printValue(x.x)})`;
    case 'compare':
      return `${inner(x.x)} ${relation[x.op]} ${inner(x.y)}`;
    case 'select':
      return `${inner(x.condition)} ? ${inner(x.x)} : ${inner(x.y)}`;
    case 'binary': {
      const sign = infix[x.op];
      if (sign === undefined) return `${x.op}(${printValue(x.x)}, ${printValue(x.y)})`;
      return `${inner(x.x)} ${sign} ${inner(x.y)}`;
    }
    default:
      return x satisfies never;
  }
}
