import { describe, expect, it } from '@jest/globals';
import { parseCommand } from './command.ts';
import type { CheckCommand } from './command.ts';

function check(...args: readonly string[]): CheckCommand {
  const command = parseCommand(args);
  if (command.kind !== 'check' && command.kind !== 'list') throw new Error(command.kind);
  return command;
}

describe('parseCommand', () => {
  it('gives what is named and nothing else', () => {
    expect(check('a', './b.js')).toMatchObject({
      kind: 'check',
      targets: ['a', './b.js'],
      settings: {},
      mutate: false,
      selection: { filter: undefined, ops: [], shard: undefined, replay: undefined },
    });
  });

  it('reads every option', () => {
    const command = check(
      '--seed',
      '0x10',
      '--runs=3',
      '--dtype',
      'float32',
      '--order=1',
      '--mode',
      'fast,debug',
      '--check',
      'vjp.value,samples.present',
      '--budget=50',
      '--timeout=1000',
      '--jobs',
      '4',
      '--strict',
      '--require-coverage=90',
      '--require-mutation=95',
      '--format',
      'json,junit',
      '--output',
      'out',
      '--baseline',
      'b.json',
      '--update-baseline',
      '--mutate',
      '--filter',
      '^a',
      '--op',
      'x',
      '--op',
      'y',
      '--shard',
      '2/3',
      '--config',
      'c.mjs',
    );
    expect(command.settings).toEqual({
      seed: 16,
      runs: 3,
      dtypes: ['float32'],
      order: 1,
      modes: ['fast', 'debug'],
      checks: ['vjp.value', 'samples.present'],
      budget: 50,
      timeout: 1000,
      jobs: 4,
      strict: true,
      requireCoverage: 90,
      requireMutation: 95,
      formats: ['json', 'junit'],
      output: 'out',
      baseline: 'b.json',
    });
    expect(command).toMatchObject({ mutate: true, updateBaseline: true, config: 'c.mjs' });
    expect(command.selection).toMatchObject({ filter: /^a/, ops: ['x', 'y'] });
    expect(command.selection.shard).toEqual({ part: 2, of: 3 });
  });

  it('knows what --fast and --thorough stand for, and lets single options correct them', () => {
    expect(check('--fast').settings).toEqual({ order: 1, effort: 'fast' });
    expect(check('--thorough', '--runs=2').settings).toEqual({ runs: 2, effort: 'thorough' });
    expect(check('--thorough').settings.runs).toBe(10);
  });

  it('draws a seed on request', () => {
    expect(Number.isInteger(check('--seed=random').settings.seed)).toBe(true);
  });

  it('reads tokens, lists and merges', () => {
    const token = 'gc1.tanh.0-float64.vjp_value.5eed';
    expect(check('--replay', token).selection.replay).toMatchObject({ name: 'tanh', seed: 0x5eed });
    expect(check('--list').kind).toBe('list');
    expect(parseCommand(['merge', 'a.json', '--format=junit'])).toMatchObject({
      kind: 'merge',
      files: ['a.json'],
      settings: { formats: ['junit'] },
    });
    expect(parseCommand(['x', '-h']).kind).toBe('help');
  });

  it.each([
    [['--nonsense'], 'USAGE_UNKNOWN_FLAG'],
    [['--seed'], 'USAGE_VALUE_MISSING'],
    [['--seed', '--strict'], 'USAGE_VALUE_MISSING'],
    [['--strict=yes'], 'USAGE_VALUE_UNWANTED'],
    [['--seed', '-1'], 'USAGE_VALUE_INVALID'],
    [['--seed', '1.5'], 'USAGE_VALUE_INVALID'],
    [['--order', '4'], 'USAGE_VALUE_INVALID'],
    [['--dtype', 'float16'], 'USAGE_VALUE_INVALID'],
    [['--check', 'vjp'], 'USAGE_VALUE_INVALID'],
    [['--jobs', '0'], 'USAGE_VALUE_INVALID'],
    [['--shard', '4/3'], 'USAGE_VALUE_INVALID'],
    [['--filter', '('], 'USAGE_VALUE_INVALID'],
    [['--require-coverage', '101'], 'USAGE_VALUE_INVALID'],
    [['--fast', '--thorough'], 'USAGE_CONFLICT'],
    [['--replay', 'x', '--seed', '1'], 'USAGE_CONFLICT'],
    [['--update-baseline'], 'USAGE_CONFLICT'],
    [['--replay', 'x'], 'GRADCHECK_INVALID_REPLAY'],
  ])('refuses %j', (args, code) => {
    expect(() => parseCommand(args)).toThrow(expect.objectContaining({ code }));
  });
});
