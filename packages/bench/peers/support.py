"""What the workloads share: how each library is called."""


def jitted(function, *arrays):
    """`function` under jax.jit, with its arguments on the device; a call ends when the results are there."""
    import jax
    import jax.numpy as jnp
    compiled = jax.jit(function)
    arguments = [jnp.asarray(array) for array in arrays]
    return lambda: jax.block_until_ready(compiled(*arguments))


def jax_value_and_grad(cost, wrt, *arrays):
    """Value of `cost` and its gradients by the first `wrt` arguments."""
    import jax
    return jitted(jax.value_and_grad(cost, argnums=tuple(range(wrt))), *arrays)


def torch_value_and_grad(cost, wrt, *arrays):
    """The same by PyTorch's eager mode."""
    import torch
    arguments = [torch.from_numpy(array.copy()) for array in arrays]
    leaves = [argument.requires_grad_() for argument in arguments[:wrt]]

    def run():
        value = cost(*arguments)
        return (value, *torch.autograd.grad(value, leaves))

    return run


def autograd_value_and_grad(cost, wrt, *arrays):
    """The same by autograd, which differentiates NumPy code."""
    from autograd import value_and_grad

    def of_tuple(parameters):
        return cost(*parameters, *arrays[wrt:])

    both = value_and_grad(of_tuple)
    parameters = tuple(arrays[:wrt])
    return lambda: both(parameters)


def casadi_call(function, *arrays):
    """A CasADi function called as F(x, …), with CasADi's own matrices."""
    import casadi as ca
    arguments = [ca.DM(array) for array in arrays]
    return lambda: function(*arguments)


def casadi_buffered(function, *arrays):
    """A CasADi function called through its buffer interface: nothing is allocated."""
    import numpy as np
    buffer, call = function.buffer()
    results = []
    for k, array in enumerate(arrays):
        buffer.set_arg(k, memoryview(array))
    for k in range(function.n_out()):
        results.append(np.zeros(function.size_out(k), order="F"))
        buffer.set_res(k, memoryview(results[-1]))
    call.buffer = buffer  # `call` does not keep it alive
    return call, lambda: [result.ravel(order="F") for result in results]
