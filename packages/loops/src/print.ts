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
    case 'block':
      return [`${pad}block`, ...inside(s.body)];
    case 'matrixProduct': {
      const sizes = `${s.rows}×${s.inner} · ${s.inner}×${s.columns}`;
      const how = `${s.accumulate ? (s.negate ? '-' : '+') : ''}=${s.negate && !s.accumulate ? ' -' : ''}`;
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
  return fold<string>(x, (y, texts) => {
    const inner = operandsOf(y).map((operand, k) =>
      isCompound(operand) ? `(${texts[k]})` : texts[k],
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
  });
}

function isCompound(y: Value): boolean {
  return y.kind === 'compare' || y.kind === 'select' || (y.kind === 'binary' && y.op in infix);
}
