import { describe, expect, it } from '@jest/globals';
import { gradScale, mul, sin, square, tanh } from '@cotangent/ops';
import { elementwise } from '@cotangent/graph';
import { gradcheck, gradcheckRule } from './modern/gradcheck.ts';
import { replayGradcheck, replayOp } from './replay.ts';

const wrong = elementwise('wrong', 1, {
  eval: Math.sin,
  diff: [(g, [x]) => mul(g, sin(x))],
  points: [[0.5], [1]],
});

describe('replayOp', () => {
  it('repeats one check', () => {
    const { checks, verdict } = replayOp('gc1.wrong.1-float64.jvp_value.7', wrong);
    expect(verdict).toBe('fail');
    expect(checks).toMatchObject([{ id: 'jvp.value', sample: '#1 (float64)', verdict: 'fail' }]);
    expect(checks[0]!.replay).toBe('gc1.wrong.1-float64.jvp_value.7');
    expect(replayOp('gc1.wrong.1-float64.jvp_value.7', wrong).checks).toEqual(checks);
  });

  it('repeats every check at a sample, or at all, on request', () => {
    const at = replayOp('gc1.wrong.1-float64.all.7', wrong, { order: 1 }).checks;
    expect(new Set(at.map(({ sample }) => sample))).toEqual(new Set(['#1 (float64)']));
    const all = replayOp('gc1.wrong.all.vjp_value.7', wrong, { order: 1 }).checks;
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(['vjp.value']));
    expect(all.length).toBeGreaterThan(4);
  });

  it('refuses another op, and a check that there is not', () => {
    const code = (token: string): unknown => expect.objectContaining({ code: token });
    expect(() => replayOp('gc1.wrong.all.all.7', tanh)).toThrow(
      code('GRADCHECK_REPLAY_OTHER_NAME'),
    );
    expect(() => replayOp('gc1.tanh.none.vjp_value.7', tanh)).toThrow(
      code('GRADCHECK_REPLAY_NO_CHECK'),
    );
    expect(() => replayOp('gc1.tanh.0-float64.vjp_value.s_x', tanh)).toThrow(
      code('GRADCHECK_REPLAY_NO_CHECK'),
    );
  });
});

describe('replayGradcheck', () => {
  const twice = (x: Parameters<typeof square>[0]): ReturnType<typeof square> =>
    gradScale(square(x), 2);

  it('repeats the first failure of a report to the bit, for numbers and texts as seeds', () => {
    for (const seed of [3, 0.25, 'a.b c']) {
      const points = [
        { name: 'a', inputs: [[1, 2]] },
        { name: 'b', inputs: [[3]] },
      ];
      const whole = gradcheck(twice, points, { seed, names: ['logits'] });
      const again = replayGradcheck(whole.replay, twice, points, { names: ['logits'] });
      const { worst } = whole.checks.find(({ verdict }) => verdict === 'fail')!;
      expect(again.checks.map(({ id, sample }) => [id, sample])).toEqual([['vjp.value', 'a']]);
      expect(again.worst).toEqual(worst);
      expect(again.toText()).toContain(`replay: gradcheck --replay ${whole.replay}`);
    }
  });

  it('takes rules, and finds the second order again', () => {
    const cube = {
      name: 'cube',
      f: (x: { item(): number }) => x.item() ** 3,
      vjp: ([x]: readonly { item(): number }[], [u]: readonly { item(): number }[]) =>
        u!.item() * 3 * x!.item() ** 2,
      hvp: (
        [x]: readonly { item(): number }[],
        [u]: readonly { item(): number }[],
        [w]: readonly { item(): number }[],
      ) => u!.item() * w!.item() * 3 * x!.item(),
    };
    const whole = gradcheckRule(cube, [0.7], { order: 2 });
    expect(whole.replay).toContain('order2_difference');
    expect(replayGradcheck(whole.replay, cube, [0.7]).worst).toEqual(whole.worst);
  });

  it('refuses the token of another function', () => {
    expect(() => replayGradcheck('gc1.other.all.all.1', twice, [[1]])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_REPLAY_OTHER_NAME' }),
    );
  });
});
