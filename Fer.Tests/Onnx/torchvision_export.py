#!/usr/bin/python3
"""Exports torchvision's networks, untrained, with an input and the output PyTorch gives: NAME.onnx, NAME.in and NAME.out (raw little-endian float32).

    /usr/bin/python3 torchvision_export.py FOLDER NAME=SIDE...

Debian: apt-get install python3-torchvision
"""
import sys, warnings
import torch, torchvision

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_num_threads(1)
folder = sys.argv[1]
for argument in sys.argv[2:]:
    name, side = argument.split("=")
    make = getattr(torchvision.models, name)
    # The heads that googlenet and inception_v3 have for training alone are left out.
    net = make(aux_logits=False, init_weights=True) if name in ("googlenet", "inception_v3") else make()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            # Statistics other than 0 and 1, or folding them away would show nothing.
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    net.eval()
    x = torch.randn(2, 3, int(side), int(side))
    with torch.no_grad():
        y = net(x)
    torch.onnx.export(net, x, f"{folder}/{name}.onnx", opset_version=13, input_names=["input"], dynamic_axes={"input": {0: "batch"}})
    x.numpy().astype("<f4").tofile(f"{folder}/{name}.in")
    y.numpy().astype("<f4").tofile(f"{folder}/{name}.out")
