import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(3, 6, wasmBackend());
