import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(1, 6, wasmBackend());
