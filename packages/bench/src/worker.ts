/** The process of one engine that runs in JavaScript: `node worker.js ENGINE`, requests on standard input. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { loadValues, storeOutputs } from './protocol.ts';
import type { Greeting, PreparedReply, Request, TimedReply } from './protocol.ts';
import { withPrecision } from './values.ts';
import type { Values } from './values.ts';
import type { Prepared, Workload } from './workload.ts';
import { allWorkloads } from './workloads/index.ts';

/** An engine with its library loaded and started. */
interface Engine {
  readonly version: string;
  readonly prepare: (workload: Workload, values: Values) => Prepared;
}

function cotangent(mode: 'fast' | 'reference'): Engine {
  return {
    version: 'Cotangent of this repository',
    prepare: (workload, values) =>
      workload.cotangent(values, { mode, dtype: mode === 'fast' ? workload.dtype : 'float64' }),
  };
}

async function jaxJs(): Promise<Engine> {
  const jax = await import('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return {
    version: `jax-js ${versionBeside('@jax-js/jax')}`,
    prepare: (workload, values) => given(workload.jaxJs)(jax, values),
  };
}

/** Version of a package that does not tell it itself; its entry point is one folder below its manifest. */
function versionBeside(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  const manifest = readFileSync(new URL('../package.json', pathToFileURL(entry)), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version; // every package on npm has one
}

async function tfjs(backend: 'cpu' | 'wasm'): Promise<Engine> {
  const tf = await import('@tensorflow/tfjs');
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend}`);
  const asFloat32 = (values: Values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, withPrecision(value, 'float32')]),
    );
  return {
    version: `tfjs ${tf.version.tfjs}`,
    prepare: (workload, values) => given(workload.tfjs)(tf, asFloat32(values)),
  };
}

function given<T>(side: T | undefined): T {
  if (side === undefined) throw new Error('the workload does not exist for this engine');
  return side;
}

async function load(name: string): Promise<Engine> {
  switch (name) {
    case 'cotangent':
      return cotangent('fast');
    case 'reference':
      return cotangent('reference');
    case 'jax-js':
      return jaxJs();
    case 'tfjs-cpu':
      return tfjs('cpu');
    case 'tfjs-wasm':
      return tfjs('wasm');
    default:
      throw new Error(`no engine is called ${name}`);
  }
}

async function prepare(
  engine: Engine,
  request: Extract<Request, { command: 'prepare' }>,
): Promise<readonly [Prepared, PreparedReply]> {
  const workload = allWorkloads().find(({ name }) => name === request.workload);
  if (workload === undefined) throw new Error(`no workload is called ${request.workload}`);
  const values = loadValues(request.values);
  const start = performance.now();
  const prepared = engine.prepare(workload, values);
  await prepared.run();
  const firstCallMs = performance.now() - start;
  const outputs = storeOutputs(prepared.outputs(), request.folder);
  return [prepared, { firstCallMs, outputs }];
}

async function time({ run }: Prepared, count: number): Promise<TimedReply> {
  const start = performance.now();
  const first = run();
  if (first instanceof Promise) {
    await first;
    for (let k = 1; k < count; k++) await run();
  } else {
    for (let k = 1; k < count; k++) void run();
  }
  return { us: (performance.now() - start) * 1000 };
}

function say(reply: Greeting | PreparedReply | TimedReply | { readonly error: string }): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function main(): Promise<void> {
  const engine = await load(process.argv[2] ?? '');
  say({ version: `${engine.version}, Node ${process.versions.node}` });
  let prepared: Prepared | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line) as Request; // written by our own session
      if (request.command === 'prepare') {
        const [ready, reply] = await prepare(engine, request);
        prepared = ready;
        say(reply);
      } else {
        say(await time(given(prepared), request.count));
      }
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}

try {
  await main();
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
