import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} path relative to the top of the repository */
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** One jest project for each package, named by its folder; tests run on the sources, so no build is needed. */
const projects = readdirSync(at('packages'))
  .filter((name) => existsSync(at(`packages/${name}/package.json`)))
  .map((name) => ({
    displayName: name,
    rootDir: at(`packages/${name}`),
    testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
    testEnvironment: at('packages/tools/jest-env.mjs'),
    testEnvironmentOptions: {
      customExportConditions: ['@cotangent/source', 'node', 'node-addons'],
    },
    extensionsToTreatAsEsm: ['.ts'],
    transform: { '^.+\\.ts$': ['@swc/jest', swc] },
    modulePathIgnorePatterns: ['<rootDir>/dist/'],
  }));

export default {
  rootDir: at('.'),
  projects,
  passWithNoTests: true,
  maxWorkers: '100%',
  coverageProvider: 'v8',
  coverageDirectory: at('coverage'),
  collectCoverageFrom: ['packages/*/src/**/*.ts', '!**/*.test.ts', '!**/*.d.ts'],
  coverageReporters: ['text', 'json-summary', 'lcovonly'],
  reporters: ['default', [at('packages/tools/jest-reporter.mjs'), { folder: at('reports') }]],
};
