import { describe, expect, it } from '@jest/globals';
import { parseCommand, usage, UsageError, type DemoOptions } from './options.ts';

function optionsOf(...args: string[]): DemoOptions {
  const command = parseCommand(args);
  if (command.kind !== 'run') throw new Error('expected a run');
  return command.options;
}

function failure(...args: string[]): unknown {
  try {
    return parseCommand(args);
  } catch (error) {
    return error;
  }
}

describe('parseCommand', () => {
  it('has a default for every setting', () => {
    expect(optionsOf()).toEqual({
      model: 'both',
      epochs: 12,
      batch: 500,
      learningRate: 0.005,
      trainLimit: undefined,
      seed: 1,
      dtype: 'float32',
      mode: 'fast',
      out: 'reports/demo',
      quiet: false,
    });
  });

  it('reads every flag, with a space or an equals sign', () => {
    const text =
      '--model=network --epochs 2 --batch=64 --learning-rate 1e-2 --train-limit 1000 --seed=0 --dtype float64 --mode reference --out 007 -q';
    expect(optionsOf(...text.split(' '))).toEqual({
      model: 'network',
      epochs: 2,
      batch: 64,
      learningRate: 0.01,
      trainLimit: 1000,
      seed: 0,
      dtype: 'float64',
      mode: 'reference',
      out: '007',
      quiet: true,
    });
  });

  it('takes the last of a repeated flag', () => {
    expect(optionsOf('--batch', '3', '--batch', '4').batch).toBe(4);
  });

  it.each(['--help', '-h', '-qh'])('understands %s', (flag) => {
    expect(parseCommand([flag])).toEqual({ kind: 'help' });
  });

  it.each([
    ['USAGE_UNKNOWN_FLAG', '--fast', ['--fast']],
    ['USAGE_UNKNOWN_FLAG', '--learn-rate', ['--learn-rate=3']],
    ['USAGE_UNKNOWN_FLAG', '-x', ['-x']],
    ['USAGE_UNKNOWN_FLAG', '--constructor', ['--constructor']],
    ['USAGE_VALUE_MISSING', '--epochs', ['--epochs']],
    ['USAGE_VALUE_MISSING', '--out', ['--out=']],
    ['USAGE_VALUE_UNWANTED', '--quiet', ['--quiet=yes']],
    ['USAGE_VALUE_INVALID', '--model', ['--model', 'forest']],
    ['USAGE_VALUE_INVALID', '--dtype', ['--dtype', 'int32']],
    ['USAGE_VALUE_MISSING', '--epochs', ['--epochs', '--batch', '5']],
    ['USAGE_VALUE_INVALID', '--epochs', ['--epochs', '-1']],
    ['USAGE_VALUE_INVALID', '--batch', ['--batch', '1.5']],
    ['USAGE_VALUE_INVALID', '--train-limit', ['--train-limit', '60001']],
    ['USAGE_VALUE_INVALID', '--seed', ['--seed', 'NaN']],
    ['USAGE_VALUE_INVALID', '--learning-rate', ['--learning-rate', '0']],
    ['USAGE_VALUE_INVALID', '--learning-rate', ['--learning-rate', 'small']],
  ])('refuses with %s and names %s', (code, flag, args) => {
    const error = failure(...args);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code, data: { flag } });
    expect(String(error)).toContain(flag);
  });

  it('tells the allowed range', () => {
    expect(failure('--batch', '0')).toMatchObject({
      data: { allowed: 'a whole number from 1 to 60000' },
    });
  });

  it('refuses arguments that are no flags', () => {
    expect(failure('train')).toMatchObject({ code: 'USAGE_ARGUMENT', data: { argument: 'train' } });
  });
});

describe('usage', () => {
  it('lists every flag', () => {
    for (const flag of ['model', 'epochs', 'batch', 'learning-rate', 'train-limit', 'seed']) {
      expect(usage).toContain(`--${flag} `);
    }
    for (const flag of ['dtype', 'mode', 'out', 'quiet', 'help'])
      expect(usage).toContain(`--${flag} `);
  });
});
