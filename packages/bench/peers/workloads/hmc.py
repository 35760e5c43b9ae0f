"""Leapfrog steps of Hamiltonian Monte Carlo for the posterior of a logistic regression."""

from support import jitted


def arrays(values):
    return [values[name] for name in ("q", "p", "x", "y")]


def leapfrog(gradient, step):
    def of(q, p, x, y):
        middle = q + step / 2 * p
        p = p - step * gradient(middle, x, y)
        return middle + step / 2 * p, p
    return of


def jax(values, params):
    import jax as j
    import jax.numpy as jnp

    def potential(q, x, y):
        return j.nn.softplus(-y * (x @ q)).sum() + 0.5 * (q * q).sum()

    move = leapfrog(j.grad(potential), params["stepSize"])

    def end(q, p, x, y):
        return j.lax.scan(lambda state, _: (move(*state, x, y), None), (q, p), length=params["steps"])[0]

    return jitted(end, *arrays(values))


def looped(move, steps, q0, p0, x, y):
    def run():
        q, p = q0, p0
        for _ in range(steps):
            q, p = move(q, p, x, y)
        return q, p
    return run


def torch(values, params):
    import torch as t
    from torch.nn.functional import softplus

    def gradient(q, x, y):
        q = q.detach().requires_grad_()
        value = softplus(-y * (x @ q)).sum() + 0.5 * (q * q).sum()
        return t.autograd.grad(value, q)[0]

    given = [t.from_numpy(array.copy()) for array in arrays(values)]
    return looped(leapfrog(gradient, params["stepSize"]), params["steps"], *given)


def autograd(values, params):
    import autograd.numpy as np
    from autograd import grad

    def potential(q, x, y):
        return np.sum(np.logaddexp(0.0, -y * np.dot(x, q))) + 0.5 * np.sum(q * q)

    return looped(leapfrog(grad(potential), params["stepSize"]), params["steps"], *arrays(values))
