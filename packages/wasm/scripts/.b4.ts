import { compile } from '@cotangent/compile'; import { Input, tensorType } from '@cotangent/graph'; import { standardOps } from '@cotangent/ops';
import * as W from '/work/main/packages/wasm/src/index.ts'; import * as ops from '@cotangent/ops';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
const N=100000; const names=process.argv.slice(2);
for(const n of names){ const o=[]; for(const dt of ['float64','float32'] as const){
 const x=new Input(tensorType(dt,[N]),'x'); const f:any=(compile as any)([x],[(ops as any)[n](x)],{mode:'fast',backend:(W as any).wasmBackend()});
 const data=dt==='float64'?new Float64Array(N):new Float32Array(N); for(let i=0;i<N;i++)data[i]=Math.random()*19+1e-3; const t=tensorFrom(data); const out=zerosTensor([N],dt);
 for(let i=0;i<60;i++)f.callInto([t],[out]); let best=1e9; for(let r=0;r<20;r++){const t0=performance.now();for(let i=0;i<10;i++)f.callInto([t],[out]);best=Math.min(best,(performance.now()-t0)/10/N*1e6);} o.push(best.toFixed(2)); }
 console.log(n.padEnd(10),...o); }
