import type { RuleEngine } from '@cotangent/graph';
import type { EngineCall, WarningSink } from './call.ts';
import { forward } from './forward.ts';
import { reverse } from './reverse.ts';

/** The shared part of one call, with an engine for the rules of ops that hold inner graphs. */
export function engineCall(warn: WarningSink): EngineCall {
  const engine: RuleEngine = {
    pullback: (outputs, cotangents, wrt) =>
      reverse({ seeds: outputs.map((y, j) => [y, cotangents[j]!] as const), wrt }, call),
    pushforward: (outputs, wrt, tangents) =>
      forward({ outputs, tangents: wrt.map((x, i) => [x, tangents[i]!] as const) }, call),
  };
  const call: EngineCall = { engine, warn, reverse: (request) => reverse(request, call) };
  return call;
}
