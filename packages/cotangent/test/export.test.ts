import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  add,
  compile,
  exportWasm,
  grad,
  matmul,
  matrix,
  mean,
  mul,
  neg,
  scalar,
  shared,
  softplus,
  sparseSoftmaxCrossEntropy,
  sub,
  sum,
  tensor,
  tensorFrom,
  transpose,
  vector,
} from 'cotangent';
import type { ExportedModule } from 'cotangent';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** An empty folder with the files of a module and nothing else. */
function written({ files }: ExportedModule): string {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-export-'));
  folders.push(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

/** What a script prints that has loaded the module as `f`, in a process of its own. */
function printed(exported: ExportedModule, script: string): unknown {
  const folder = written(exported);
  const text = `import { load } from './${exported.name}.mjs'; const f = await load(); ${script}`;
  writeFileSync(join(folder, 'main.mjs'), text);
  const out = execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' });
  return JSON.parse(out);
}

/** A logistic regression and its gradient. */
function regression(): {
  readonly exported: ExportedModule;
  readonly expected: readonly unknown[];
  readonly data: readonly number[][];
} {
  const [x, y, w] = [matrix('x'), vector('y'), vector('w')];
  const cost = mean(softplus(neg(mul(y, matmul(x, w)))));
  const f = compile([x, y, w], [cost, grad(cost, w)], { name: 'model' });
  const data = [Array.from({ length: 12 }, (_, k) => Math.sin(k)), [1, -1, 1, -1], [0.5, -1, 2]];
  const [c, dw] = f(tensorFrom(data[0]!, { shape: [4, 3] }), data[1]!, data[2]!);
  const shapes = [[4, 3], [4], [3]];
  return { exported: exportWasm(f, { shapes }), expected: [[c.item()], dw.toArray()], data };
}

describe('exportWasm', () => {
  it('makes a module that gives the same bits without the library', () => {
    const { exported, expected, data } = regression();
    const script = `console.log(JSON.stringify(f(...${JSON.stringify(data)}).map((y) => [...y])))`;
    expect(printed(exported, script)).toEqual(expected);
  });

  it('makes a loader below 3 KB', () => {
    expect(Buffer.byteLength(regression().exported.loader)).toBeLessThan(3 * 1024);
  });

  it('makes declarations that hold', () => {
    const { exported } = regression();
    const folder = written(exported);
    const source = `import { load } from './model.mjs';
const f = await load();
const [cost, dw]: readonly [Float64Array, Float64Array] = f([1], [2], new Float64Array(3));
f.inputs[2].fill(0); f.run(); f.outputs[1][0]?.toFixed();
// @ts-expect-error: three arguments
f([1], [2]);
void [cost, dw];`;
    writeFileSync(join(folder, 'use.mts'), source);
    const compiler = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin/tsc',
    );
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom',
      '--types',
      '',
    ];
    const run = (): unknown =>
      execFileSync(process.execPath, [compiler, ...options, 'use.mts'], {
        cwd: folder,
        encoding: 'utf8',
      });
    expect(run()).toBe('');
  });

  it('keeps shared variables in the module, and changes them all at once', () => {
    const [a, b] = [shared([1, 2], { name: 'a' }), shared([10, 20], { name: 'b' })];
    const step = scalar('step');
    const f = compile([step], sum(add(a, b)), {
      name: 'exchange',
      updates: [
        [a, b],
        [b, add(a, step)],
      ],
    });
    const script = `const r = [f(1)[0], [...f.state.a], [...f.state.b], f(2)[0], [...f.state.a], [...f.state.b]]; console.log(JSON.stringify(r));`;
    expect(printed(exportWasm(f), script)).toEqual([33, [10, 20], [2, 3], 35, [2, 3], [12, 22]]);
    expect(a.get().toArray()).toEqual([1, 2]);
  });

  it('gives results that are views, inputs and constants rows of their own', () => {
    const x = tensor('x', { shape: [2, 3] });
    const f = compile([x], [transpose(x), x, mul(2, tensorFrom([3, 4]))], { name: 'views' });
    const script = `console.log(JSON.stringify(f([1, 2, 3, 4, 5, 6]).map((y) => [...y])))`;
    expect(printed(exportWasm(f), script)).toEqual([
      [1, 4, 2, 5, 3, 6],
      [1, 2, 3, 4, 5, 6],
      [6, 8],
    ]);
  });

  it('refuses arguments that do not fit, with words', () => {
    const logits = tensor('logits', { shape: [2, 3] });
    const labels = tensor('labels', { shape: [2], dtype: 'int32' });
    const f = compile([logits, labels], sum(sparseSoftmaxCrossEntropy(logits, labels)), {
      name: 'loss',
    });
    const wrong = [
      'f([1])',
      'f([1], [0, 1])',
      'f([1, 2, 3, 4, 5, 6], [0, 0.5])',
      'f([1, 2, 3, 4, 5, 6], [0, 3])',
    ];
    const script = `const text = (g) => { try { g(); } catch (e) { return e.name + ': ' + e.message; } };
console.log(JSON.stringify([${wrong.map((call) => `text(() => ${call})`).join()}, f([0, 0, 0, 0, 0, 0], [0, 1]).length]));`;
    expect(printed(exportWasm(f), script)).toEqual([
      'TypeError: loss: got 1 arguments, not 2',
      'RangeError: loss: logits has 1 elements, not 6 (float64[2,3])',
      'RangeError: loss: labels[1] is 0.5, no int32',
      'RangeError: loss: some value is one that an op refuses, such as an index out of range',
      1,
    ]);
  });

  it('needs shapes that are fixed and fit', () => {
    const x = vector('x');
    const f = compile([x], sum(sub(x, 1)));
    const code = expect.objectContaining({ code: 'WASM_EXPORT_SHAPE' });
    expect(() => exportWasm(f)).toThrow(code);
    expect(() => exportWasm(f, { shapes: [[2, 3]] })).toThrow(code);
    expect(() => exportWasm(f, { shapes: [] })).toThrow(code);
  });

  it('needs a name for files', () => {
    const f = compile(
      [],
      [tensorFrom(1)].map((x) => add(x, 1)),
    );
    expect(() => exportWasm(f, { name: '../model' })).toThrow(
      expect.objectContaining({ code: 'WASM_EXPORT_NAME' }),
    );
  });
});
