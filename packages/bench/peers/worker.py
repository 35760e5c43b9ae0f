"""The process of one engine that runs in Python: `python worker.py ENGINE THREADS`, requests on standard input.

`python worker.py --list` prints the engines that are installed and their versions as one JSON object.
Requests and answers are JSON objects, one a line (src/protocol.ts). A workload is a module in `workloads`; for engine
`a-b` its function `a_b(values, params)` builds the computation and returns `run`, or `(run, outputs)` where `run()` does
not return the results.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# Engine: the module whose version is quoted.
ENGINES = {"jax": "jax", "torch": "torch", "casadi": "casadi", "casadi-buffer": "casadi", "autograd": "autograd",
           "numpy": "numpy"}


def limit_threads(threads):
    """Before any library is loaded: each reads its own variable. Affinity is set by who started us."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = str(threads)
    if threads == 1:
        flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()


def start(engine):
    """Loads the library and lets it do something, so that its start is no part of a first call."""
    if engine == "jax":
        import jax
        jax.config.update("jax_enable_x64", True)
        jax.jit(lambda x: x + 1)(1.0).block_until_ready()
    if engine == "torch":
        import torch
        torch.ones(2).sum()


def version_of(engine):
    from importlib.metadata import version
    text = f"{ENGINES[engine]} {version(ENGINES[engine])}"
    if engine == "torch":
        import torch
        text += " with MKL" if torch.backends.mkl.is_available() else " without MKL"
    return text


def installed():
    found = {}
    for engine, module in ENGINES.items():
        try:
            importlib.import_module(module)
            found[engine] = version_of(engine)
        except Exception:  # whatever keeps a library from loading keeps it from being measured
            continue
    return found


def load(value):
    import numpy as np
    return np.fromfile(value["file"], dtype=value["dtype"]).reshape(value["shape"])


def flat(results):
    """Arrays of any library, nested in tuples and lists, as flat float64 arrays in order."""
    import numpy as np
    if isinstance(results, (tuple, list)):
        return [array for result in results for array in flat(result)]
    if hasattr(results, "detach"):
        results = results.detach().numpy()
    elif type(results).__module__.startswith("casadi"):
        results = results.full()
    return [np.ascontiguousarray(results, dtype=np.float64).ravel()]


def prepare(engine, request):
    values = {name: load(value) for name, value in request["values"].items()}
    module = importlib.import_module("workloads." + request["module"])
    build = getattr(module, engine.replace("-", "_"))
    begin = time.perf_counter()
    built = build(values, request["params"])
    run, outputs = built if isinstance(built, tuple) else (built, None)
    results = run()
    first = (time.perf_counter() - begin) * 1e3
    files = []
    for k, array in enumerate(flat(results if outputs is None else outputs())):
        files.append(str(Path(request["folder"]) / f"output-{k}.bin"))
        array.tofile(files[-1])
    return run, {"firstCallMs": first, "outputs": files}


def timed(run, count):
    begin = time.perf_counter()
    for _ in range(count):
        run()
    return {"us": (time.perf_counter() - begin) * 1e6}


def serve(engine, say):
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "prepare":
                run, reply = prepare(engine, request)
            else:
                reply = timed(run, request["count"])
        except Exception as error:  # the answer to the request, whatever went wrong
            reply = {"error": f"{type(error).__name__}: {error}"[:1000]}
        say(reply)


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer

    def say(reply):
        print(json.dumps(reply), file=answers, flush=True)

    if sys.argv[1] == "--list":
        say(installed())
        return
    engine, threads = sys.argv[1], int(sys.argv[2])
    limit_threads(threads)
    start(engine)
    say({"version": f"{version_of(engine)}, Python {sys.version.split()[0]}"})
    serve(engine, say)


if __name__ == "__main__":
    main()
