import { readFileSync } from 'node:fs';
import { Input, tensorType, topologicalNodes } from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import * as library from '@cotangent/ops';
import { loweringNotes, standardOps } from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import * as umbrella from 'cotangent';
import { boundOf, boundText } from '../values/bounds.ts';
import { casesOf, pointsOf } from '../values/fixtures.ts';
import { composites } from './composites.ts';
import type { Composite } from './composites.ts';
import { evaluatedOps, factsOf, loweredAt } from './facts.ts';
import type { Example, Facts, Lowered } from './facts.ts';

/** The table, and what must not be: names missing, ops without a contract, evaluation without a reason. */
export interface Coverage {
  readonly text: string;
  readonly problems: readonly string[];
}

type Lists = { readonly [family: string]: readonly string[] };

// JSON.parse has no type: these files have these forms.
const inventory = json('inventory.json') as Lists;

function json(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** Numbers that NumPy gives, or takes, for each function. */
const leastPoints = 20;
/** Functions without values of NumPy, and why. */
const unvalued: { readonly [name: string]: string } = {
  print: 'it gives its argument; what it prints is tested beside it',
};

/** One line of the table. */
interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly problems: readonly string[];
}

/** Finds out everything: compiles each op at each of its samples. */
export function coverage(): Coverage {
  const listed = new Set(Object.values(inventory).flat());
  const exported = new Map<string, unknown>([
    ...Object.entries(umbrella),
    ...Object.entries(library),
  ]);
  const families = Object.entries(inventory).map(([family, names]) => ({
    family,
    rows: names.map((name) => rowFor(name, exported.get(name))),
  }));
  const further = Object.entries<unknown>(library)
    .filter(([name, value]) => typeof value === 'function' && !listed.has(name))
    .map(([name, value]) => rowFor(name, value));
  const carried = new Set([...exported.values()].map(recordOf));
  const internal = standardOps.filter((op) => !carried.has(op)).map((op) => recordRow(op.name, op));
  const sections = [
    ...families,
    { family: 'Further functions', rows: further },
    { family: 'Ops that only derivatives and other functions use', rows: internal },
  ];
  const rows = sections.flatMap((section) => section.rows);
  const count = [...listed].filter((name) => exported.has(name)).length;
  return {
    text: textOf(sections, `${count} of ${listed.size} names of the first tier are there.`),
    problems: [...rows.flatMap(({ problems }) => problems), ...valueProblems([...listed])],
  };
}

function recordOf(value: unknown): Op | undefined {
  const isCarrier = typeof value === 'function' && 'op' in value;
  return isCarrier ? standardOps.find((op) => op === value.op) : undefined;
}

function rowFor(name: string, value: unknown): Row {
  if (value === undefined) {
    return { name, cells: ['**missing**'], problems: [`${name} is not exported`] };
  }
  const op = recordOf(value);
  if (op !== undefined) return recordRow(name, op);
  const composite = composites[name];
  if (composite !== undefined) return compositeRow(name, composite);
  return { name, cells: ['**unchecked**'], problems: [`${name} has no contract`] };
}

const recordFacts = new Map<Op, Facts>();

function recordRow(name: string, op: Op): Row {
  const facts = recordFacts.get(op) ?? factsOf(op);
  recordFacts.set(op, facts);
  const { reverse, forward, dtypes, batching, points, edges, lowered } = facts;
  const contract = edges === 0 ? `${points}` : `${points} + ${edges} edges`;
  const shared = name === op.name ? reverse : `${reverse} of \`${op.name}\``;
  return {
    name,
    cells: [
      shared,
      forward,
      dtypes,
      batching,
      contract,
      valuesCell(name),
      loweredCell(op.name, lowered),
    ],
    problems: [
      ...(points + edges === 0 ? [`${op.name} has no sample`] : []),
      ...(reverse === '**none**' ? [`${op.name} has no rule`] : []),
      ...(lowered === 'yes' || op.name in loweringNotes
        ? []
        : [`${op.name} runs eval without a reason`]),
    ],
  };
}

/** Values of ops that only derivatives use show in the derivatives. */
function valuesCell(name: string): string {
  const cases = casesOf.get(name);
  if (cases === undefined) return '';
  const count = cases.reduce((total, c) => total + pointsOf(c), 0);
  return `${count}: ${boundText(boundOf(name))}`;
}

function valueProblems(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const count = (casesOf.get(name) ?? []).reduce((total, c) => total + pointsOf(c), 0);
    if (name in unvalued) return count > 0 ? [`${name} has values, and a reason to have none`] : [];
    return count >= leastPoints ? [] : [`${name} has ${count} values of NumPy`];
  });
}

function loweredCell(name: string, lowered: Lowered): string {
  const note = loweringNotes[name];
  if (note === undefined) return lowered === 'yes' ? 'yes' : '**eval, no reason given**';
  const isPartly = note.when === 'sometimes' && lowered !== 'no';
  return `${isPartly ? 'yes; ' : ''}\`eval\`: ${note.why}`;
}

function compositeRow(name: string, composite: Composite): Row {
  const example = exampleOf(composite);
  const made = new Set(
    topologicalNodes(example.outputs).map(({ op }) => (standardOps.includes(op) ? op.name : '')),
  );
  const parts = [...made].filter((part) => part !== '').map((part) => `\`${part}\``);
  const of = parts.length === 0 ? 'of its graph' : `of ${parts.join(', ')}`;
  const inside = loweredAt([example]) === 'yes';
  const evaluated = `${[...new Set(evaluatedOps(example))].join(', ')} runs \`eval\``;
  return {
    name,
    cells: [
      of,
      'same',
      'of its parts',
      'of its parts',
      '1',
      valuesCell(name),
      inside ? 'yes' : evaluated,
    ],
    problems: [],
  };
}

function exampleOf({ build, inputs }: Composite): Example {
  const values = inputs.map((x) => tensorFrom(x));
  const variables = values.map((x, i) => new Input(tensorType(x.dtype, x.shape), `x${i}`));
  return { inputs: variables, values, outputs: [build(...variables)] };
}

const heading = `# Coverage of the op library

Written by \`npm run coverage\`; \`npm run coverage -- --check\` and a test fail where it is out of date, where a name of the
inventory is missing, where an op has no contract, and where one runs its \`eval\` without a reason.

- **reverse, forward**: the record has a \`rule\`; the engine has it \`derived\` from the other; or the function is made of
  other ops and has theirs. \`disconnected\`: the result is no function of the elements.
- **dtypes**: those that the inputs may have for which the op does not prescribe one.
- **batching**: what \`vectorize\` does: nothing to do for an elementwise op, a rule, or one element of the batch after the other.
- **contract**: points and edges at which \`checkOp\` holds in the reference and in the fast mode; of a function made of
  others, points at which \`gradcheck\` passes.
- **NumPy**: how many numbers that NumPy, SciPy or mpmath gave are compared, and how near those of both modes are.
- **WebAssembly**: whether it is code in the module of a compiled graph, and why not.
`;

const header = [
  '| function | reverse | forward | dtypes | batching | contract | NumPy | WebAssembly |',
  '|---|---|---|---|---|---|---|---|',
];

function textOf(
  sections: readonly { readonly family: string; readonly rows: readonly Row[] }[],
  summary: string,
): string {
  const tables = sections.map(({ family, rows }) =>
    [
      `## ${family}\n`,
      ...header,
      ...rows.map(({ name, cells }) => `| \`${name}\` | ${padded(cells).join(' | ')} |`),
    ].join('\n'),
  );
  return `${[heading, `${summary}\n`, tables.join('\n\n')].join('\n')}\n`;
}

function padded(cells: readonly string[]): readonly string[] {
  return Array.from({ length: 7 }, (_, k) => cells[k] ?? '');
}
