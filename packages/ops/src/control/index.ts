export { checkpoint, customGrad } from './custom-grad.ts';
export type { CustomRules } from './custom-grad.ts';
export { opFromGraph } from './op-from-graph.ts';
export type { GraphRules } from './op-from-graph.ts';
