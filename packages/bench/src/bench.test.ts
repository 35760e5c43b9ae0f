import { describe, expect, it } from '@jest/globals';
import { benchWorkload, takesPart } from './bench.ts';
import type { Engine, Setting } from './bench.ts';
import { storeOutputs } from './protocol.ts';
import type { Opener } from './session.ts';
import { valueFrom } from './values.ts';
import type { Workload } from './workload.ts';

const workload: Workload = {
  name: 'w',
  dtype: 'float64',
  values: () => ({ x: valueFrom('float64', [1], () => 2) }),
  roundings: 4,
  expected: () => [[4]],
  cotangent: () => ({ run: () => undefined, outputs: () => [[4]] }),
  python: { module: 'w', params: {}, engines: ['jax', 'torch'] },
  goals: [],
};

const engine = (name: Engine['name']): Engine => ({
  name,
  threads: 1,
  command: { file: name, args: [] },
});

/** Engines without processes: a call takes `callUs`; what they are asked is written to `log`. */
function pretending(
  results: Readonly<Record<string, number>>,
  log: string[],
  callUs = 1000,
): Opener {
  return async ({ file }) => {
    if (!(file in results)) throw new Error(`${file} does not start`);
    return {
      version: `${file} 1.0`,
      prepare: async ({ folder }) => ({
        firstCallMs: 7,
        outputs: storeOutputs([[results[file] ?? NaN]], folder),
      }),
      time: async (count) => {
        log.push(`${file} ×${count}`);
        return count * callUs;
      },
      close: () => log.push(`${file} closed`),
    };
  };
}

function setting(names: readonly Engine['name'][], open: Opener): Setting {
  return {
    engines: names.map(engine),
    reference: engine('reference'),
    open,
    effort: { repeats: 3, sampleMs: 10, warmUpMs: 3, limitSeconds: 1 },
    onStep: () => undefined,
    onVersion: () => undefined,
  };
}

describe('benchWorkload', () => {
  it('times the engines in turn, after warming each up', async () => {
    const log: string[] = [];
    const open = pretending({ cotangent: 4, jax: 4 }, log);
    const { rows } = await benchWorkload(workload, setting(['cotangent', 'jax'], open));
    const turns = ['cotangent ×10', 'jax ×10'];
    expect(log.slice(0, 4)).toEqual(['cotangent ×1', 'cotangent ×2', 'jax ×1', 'jax ×2']);
    expect(log.slice(4, 10)).toEqual([...turns, ...turns, ...turns]);
    expect(log.slice(10)).toEqual(['cotangent closed', 'jax closed']);
    expect(rows).toEqual(
      ['cotangent', 'jax'].map((name) => ({
        workload: 'w',
        engine: name,
        threads: 1,
        medianUs: 1000,
        minUs: 1000,
        p25Us: 1000,
        p75Us: 1000,
        firstCallMs: 7,
        value: 4,
        error: 0,
      })),
    );
  });

  it('does not time an engine with a wrong result, nor one that does not start', async () => {
    const log: string[] = [];
    const open = pretending({ cotangent: 4, jax: 4.1 }, log);
    const { rows, absent } = await benchWorkload(
      workload,
      setting(['cotangent', 'jax', 'torch'], open),
    );
    expect(rows.map((row) => row.engine)).toEqual(['cotangent']);
    expect(absent.map(({ engine: name }) => name)).toEqual(['jax', 'torch']);
    expect(absent[0]?.reason).toContain('4.1, not 4');
    expect(log).toContain('jax closed');
    expect(log).not.toContain('jax ×1');
  });

  it('checks against the reference where plain arithmetic does not tell', async () => {
    const { expected: _, ...unknown } = workload;
    const open = pretending({ cotangent: 5, reference: 5 }, []);
    const { rows } = await benchWorkload(unknown, setting(['cotangent'], open));
    expect(rows[0]?.value).toBe(5);
  });

  it('repeats calls of seconds less often', async () => {
    const log: string[] = [];
    const given = setting(['cotangent'], pretending({ cotangent: 4 }, log, 2e6));
    const effort = { ...given.effort, repeats: 11 };
    await benchWorkload(workload, { ...given, effort });
    expect(log.filter((line) => line === 'cotangent ×1')).toHaveLength(1 + 3);
  });
});

describe('takesPart', () => {
  it('asks the workload', () => {
    const names = ['cotangent', 'jax', 'casadi', 'jax-js', 'tfjs-cpu'] as const;
    expect(names.filter((name) => takesPart(workload, engine(name)))).toEqual(['cotangent', 'jax']);
  });
});
