using Fer.Pipeline.Engine;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>
/// An LSTM or a GRU step by step, with ONNX's gates and biases: height is the step, each column of the width a sequence of its own.
/// </summary>
internal sealed class TorchRecurrent(Recurrent layer, TorchWeights weights)
{
    /// <summary>[batch, inputs, steps, width] to [batch, units, steps, width].</summary>
    internal torch.Tensor Run(torch.Tensor[] x)
    {
        var image = x[0].@float();
        var (batch, steps, width) = (image.shape[0], image.shape[2], image.shape[3]);
        int units = layer.Units, gateWidth = layer.Gates * units;
        var recurrent = weights[layer.RecurrentWeight];
        var bias = weights[layer.Bias];
        var (inputBias, stateBias) = (bias.narrow(0, 0, gateWidth), bias.narrow(0, gateWidth, gateWidth));
        // The input's part of all gates at once: [steps, batch * width, gates * units].
        var gates = image.permute(2, 0, 3, 1).reshape(steps, batch * width, layer.Inputs).matmul(weights[layer.Weight].t()).add(inputBias);
        var state = torch.zeros([batch * width, units], torch.float32, image.device);
        var cell = state;
        var states = new torch.Tensor[steps];
        for (int i = 0; i < steps; i++)
        {
            int step = layer.Reverse ? (int)steps - 1 - i : i;
            var now = gates.select(0, step);
            if (layer is Lstm lstm) (state, cell) = Step(lstm, now.add(state.matmul(recurrent.t())).add(stateBias), cell);
            else state = Step((Gru)layer, now, state, recurrent, stateBias);
            states[step] = state;
        }
        // [steps, batch * width, units] to [batch, units, steps, width].
        return torch.stack(states, 0).view(steps, batch, width, units).permute(1, 3, 0, 2);
    }

    private (torch.Tensor State, torch.Tensor Cell) Step(Lstm lstm, torch.Tensor gates, torch.Tensor cell)
    {
        int units = lstm.Units;
        var (i, o, f, g) = (Gate(gates, 0), Gate(gates, 1), Gate(gates, 2), Gate(gates, 3));
        var peepholes = lstm.Peepholes is { } p ? weights[p] : null;
        if (peepholes is not null) (i, f) = (i.add(Peep(0).mul(cell)), f.add(Peep(2).mul(cell)));
        cell = f.sigmoid().mul(cell).add(i.sigmoid().mul(g.tanh()));
        if (peepholes is not null) o = o.add(Peep(1).mul(cell));
        return (o.sigmoid().mul(cell.tanh()), cell);

        torch.Tensor Peep(int gate) => peepholes!.narrow(0, gate * units, units);
    }

    private torch.Tensor Step(Gru gru, torch.Tensor gates, torch.Tensor state, torch.Tensor recurrent, torch.Tensor bias)
    {
        int units = gru.Units;
        var first = gates.narrow(1, 0, 2 * units).add(state.matmul(recurrent.narrow(0, 0, 2 * units).t()))
            .add(bias.narrow(0, 0, 2 * units));
        var (update, reset) = (Gate(first, 0).sigmoid(), Gate(first, 1).sigmoid());
        var (matrix, shift) = (recurrent.narrow(0, 2 * units, units).t(), bias.narrow(0, 2 * units, units));
        var hidden = gru.ResetAfter ? reset.mul(state.matmul(matrix).add(shift)) : reset.mul(state).matmul(matrix).add(shift);
        var fresh = Gate(gates, 2).add(hidden).tanh();
        return update.neg().add(1).mul(fresh).add(update.mul(state));
    }

    private torch.Tensor Gate(torch.Tensor gates, int index) => gates.narrow(1, index * layer.Units, layer.Units);
}
