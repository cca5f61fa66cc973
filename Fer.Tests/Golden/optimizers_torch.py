#!/usr/bin/python3
"""Steps of PyTorch's optimizers on a fixed problem, for OptimizerTests. Run: /usr/bin/python3 optimizers_torch.py > optimizers_torch.json

A weight of 21 values (with weight decay) and a bias of 5 (without); gradient of step t at place i: sin(0.7 i + 1.3 t) + 0.1 * value.
"""
import inspect, json, math
import torch
import torch.optim.nadam as nadam

torch.set_default_dtype(torch.float32)

# PyTorch 1.13 multiplies the product for the next step by mu once too often; 2.0 and the paper do not. Newer versions pass unchanged.
source = inspect.getsource(nadam._single_tensor_nadam)
exec(source.replace("mu_product * mu * mu_next", "mu_product * mu_next"), nadam.__dict__)


def run(make, decay, steps=6):
    weight = torch.tensor([math.cos(0.5 * i) for i in range(21)]).requires_grad_()
    bias = torch.tensor([0.3 * i - 0.5 for i in range(5)]).requires_grad_()
    optimizer = make([{"params": [weight], "weight_decay": decay}, {"params": [bias], "weight_decay": 0.0}])
    out = []
    for t in range(steps):
        rate = 0.05 / (1 + 0.2 * t)
        for group in optimizer.param_groups:
            group["lr"] = rate
        for parameter, start in ((weight, 0), (bias, 21)):
            wave = torch.tensor([math.sin(0.7 * (start + i) + 1.3 * t) for i in range(parameter.numel())])
            parameter.grad = wave + 0.1 * parameter.detach()
        optimizer.step()
        out.append(weight.tolist() + bias.tolist())
    return out


o = torch.optim
cases = {
    "sgd": run(lambda p: o.SGD(p, lr=1), 0.05),
    "sgd_momentum": run(lambda p: o.SGD(p, lr=1, momentum=0.9), 0.05),
    "sgd_nesterov": run(lambda p: o.SGD(p, lr=1, momentum=0.9, nesterov=True), 0.05),
    "adam": run(lambda p: o.Adam(p, lr=1), 0.05),
    "adamw": run(lambda p: o.AdamW(p, lr=1), 0.05),
    "nadam": run(lambda p: o.NAdam(p, lr=1, momentum_decay=4e-3), 0.05),
}
print(json.dumps({"torch": torch.__version__, "cases": cases}))
