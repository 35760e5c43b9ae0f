"""Building gradients without running them: a trace of JAX, a symbolic derivative of CasADi.

What `run` returns is the expected proof of work that the benchmark checks: the derivative, or the number of gradients.
"""

START = 0.5


def jax(values, params):
    import jax as j
    import jax.numpy as jnp
    kind, n = params["kind"], params["size"]

    def chain(x):
        for _ in range(n):
            x = jnp.sin(x)
        return x

    def fan_out(x):
        total = jnp.sin(x)
        for _ in range(n - 1):
            total = total + jnp.sin(x)
        return total

    def network(parameters):
        h = jnp.ones((3, 4))
        for w, b in parameters:
            h = jnp.tanh(h @ w + b)
        return jnp.sum(h)

    traced = []
    if kind == "network":
        given = [(jnp.eye(4), jnp.zeros(4)) for _ in range(n)]
        run = lambda: traced.append(j.make_jaxpr(j.grad(network))(given))
        return run, lambda: [float(len(traced[-1].jaxpr.outvars))]
    function = chain if kind == "chain" else fan_out

    def run():
        traced[:] = [j.make_jaxpr(j.grad(function))(START)]

    return run, lambda: [j.core.eval_jaxpr(traced[-1].jaxpr, traced[-1].consts, START)[0]]


def casadi(values, params):
    import casadi as ca
    kind, n = params["kind"], params["size"]
    built = []
    if kind == "network":
        h = ca.MX.ones(3, 4)
        parameters = []
        for k in range(n):
            w, b = ca.MX.sym(f"w{k}", 4, 4), ca.MX.sym(f"b{k}", 1, 4)
            parameters += [w, b]
            h = ca.tanh(h @ w + ca.repmat(b, 3, 1))
        cost = ca.sum1(ca.sum2(h))

        def run():  # reverse mode of a function: the gradients by all parameters, in one sweep
            built[:] = [ca.Function("cost", parameters, [cost]).reverse(1)]

        return run, lambda: [float(built[-1].n_out())]
    x = y = ca.SX.sym("x")
    if kind == "chain":
        for _ in range(n):
            y = ca.sin(y)
    else:
        y = ca.sin(x)
        for _ in range(n - 1):
            y = y + ca.sin(x)

    def run():
        built[:] = [ca.gradient(y, x)]

    return run, lambda: [float(ca.Function("gradient", [x], built)(START))]
