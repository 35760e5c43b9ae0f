import { describe, expect, it } from '@jest/globals';
import { openProcess } from './session.ts';
import type { Command } from './session.ts';

/** A process that runs `script`, with `say` and `lines` at hand. */
function nodeWith(script: string): Command {
  const prelude = `
    const lines = require('node:readline').createInterface({ input: process.stdin });
    const say = (reply) => console.log(JSON.stringify(reply));
  `;
  return { file: process.execPath, args: ['-e', prelude + script] };
}

const request = { workload: 'w', values: {}, folder: '/nowhere' };

describe('openProcess', () => {
  it('asks one thing after another', async () => {
    const session = await openProcess(
      nodeWith(`say({ version: 'v1' });
        lines.on('line', (line) => {
          const { command, count } = JSON.parse(line);
          say(command === 'time' ? { us: 3 * count } : { firstCallMs: 1, outputs: ['file'] });
        });`),
      10,
    );
    try {
      expect(session.version).toBe('v1');
      expect(await session.prepare(request)).toEqual({ firstCallMs: 1, outputs: ['file'] });
      expect(await session.time(5)).toBe(15);
    } finally {
      session.close();
    }
  });

  it('throws what the engine says is wrong', async () => {
    const open = openProcess(nodeWith(`say({ error: 'no such library' }); lines.close();`), 10);
    await expect(open).rejects.toThrow('no such library');
  });

  it('throws the last words of a process that ends', async () => {
    const open = openProcess(nodeWith(`console.error('out of luck'); process.exit(1);`), 10);
    await expect(open).rejects.toThrow('the process ended: out of luck');
  });

  it('ends a process that does not answer', async () => {
    await expect(openProcess(nodeWith(''), 0.2)).rejects.toThrow('no answer within 0.2 s');
  });

  it('refuses a program that is not there', async () => {
    const open = openProcess({ file: '/nowhere/python', args: [] }, 10);
    await expect(open).rejects.toThrow('the process ended');
  });
});
