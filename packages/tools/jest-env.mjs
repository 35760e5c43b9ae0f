import { TestEnvironment } from 'jest-environment-node';

const typedArray = /^(Big)?(Ui|I)nt\d+(Clamped)?Array$|^Float\d+Array$/;

/**
 * Globals that tests share with Node itself. Without this, buffers made by WebAssembly, workers and native code have
 * constructors other than those a test sees, and `instanceof` fails on them.
 */
const shared = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'WebAssembly',
  'Atomics',
  ...Object.getOwnPropertyNames(globalThis).filter((name) => typedArray.test(name)),
];

export default class SharedRealmEnvironment extends TestEnvironment {
  /**
   * @param {ConstructorParameters<typeof TestEnvironment>[0]} config
   * @param {ConstructorParameters<typeof TestEnvironment>[1]} context
   */
  constructor(config, context) {
    super(config, context);
    for (const name of shared) {
      Reflect.set(this.global, name, Reflect.get(globalThis, name));
    }
  }
}
