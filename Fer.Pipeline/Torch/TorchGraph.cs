using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;
using Reduce = Fer.Pipeline.Engine.Reduce;

namespace Fer.Pipeline.Torch;

/// <summary>
/// A network as TorchSharp's operations, from the same nodes: every tensor is [batch, channels, height, width]. Values of examples lie
/// where PyTorch has them; only <see cref="Reshape"/> and <see cref="Rearrange"/> speak of the engine's order, [height, width, channels].
/// </summary>
internal sealed class TorchGraph : IDisposable
{
    private readonly Network _network;
    private readonly Func<torch.Tensor[], torch.Tensor>[] _steps;
    private readonly List<torch.Tensor> _constants = [];
    private readonly TorchWeights _weights;
    private readonly TorchPlace _place;
    private readonly bool _training;

    /// <param name="network">The network, at the size of its batches.</param>
    /// <param name="weights">Its weights on the device.</param>
    /// <param name="place">Where they lie.</param>
    /// <param name="training">True for dropout and the statistics of the batch.</param>
    internal TorchGraph(Network network, TorchWeights weights, TorchPlace place, bool training)
    {
        (_network, _weights, _place, _training) = (network, weights, place, training);
        _steps = [.. network.Nodes.Select(node => Step(node.Operation, network.InputShapes(node), node.Shape))];
    }

    /// <summary>Fails where a network has an operation that is not trained on a device.</summary>
    /// <exception cref="FerException">It has; the message names the layer.</exception>
    internal static void Check(Network network)
    {
        foreach (var node in network.Nodes)
        {
            string? why = node.Operation switch
            {
                Stack => "puts several views into one batch",
                AveragePool { Window: { DilationHeight: > 1 } or { DilationWidth: > 1 } } => "is an average over a window with holes",
                Resize { Options.Coordinates: ResizeCoordinates.TfCropAndResize } => "resizes a region of its input",
                _ => null,
            };
            if (why is not null)
                throw new FerException($"{network.Architecture}: the layer '{node.Name}' {why}; it is trained on the device cpu alone.");
        }
        if (network.SharesWeights)
            throw new FerException($"{network.Architecture} has layers that share weights; it supports inference but not training.");
    }

    /// <summary>The network's first output for a batch of each of its inputs.</summary>
    internal torch.Tensor Run(params torch.Tensor[] inputs)
    {
        var values = new torch.Tensor[_steps.Length];
        for (int i = 0; i < _steps.Length; i++)
            values[i] = _steps[i]([.. _network.Nodes[i].Inputs.Select(k => k < 0 ? inputs[-1 - k] : values[k])]);
        return values[_network.Outputs[0].Node];
    }

    private Func<torch.Tensor[], torch.Tensor> Step(Operation operation, Shape[] inputs, Shape output) => operation switch
    {
        Add => x => x[0].add(x[1]),
        Affine affine => x => x[0].sub(affine.Mean).mul(affine.Scale),
        Arithmetic arithmetic => Arithmetic(arithmetic.Function),
        AveragePool pool => new TorchPools(pool.Window, inputs[0], output).Average(pool.CountPadding, Constant),
        BatchNormalization norm => Normalize(norm),
        Clip clip => x => x[0].clamp(clip.Minimum, clip.Maximum),
        Concat => Join,
        Constant constant => Value(constant),
        Convolution convolution => Convolve(convolution),
        Crop crop => x => x[0].narrow(2, crop.Top, crop.Height).narrow(3, crop.Left, crop.Width),
        Dropout dropout => x => _training && dropout.Rate > 0 ? F.dropout(x[0], dropout.Rate, training: true) : x[0],
        Elementary elementary => Function(elementary.Function),
        Elu elu => x => F.elu(x[0], elu.Alpha),
        Flatten => x => x[0].flatten(1).unsqueeze(2).unsqueeze(3),
        GlobalAveragePool => x => x[0].mean([2, 3], keepdim: true),
        Gru gru => new TorchRecurrent(gru, _weights).Run,
        LeakyRelu leaky => x => F.leaky_relu(x[0], leaky.Alpha),
        Linear linear => Multiply(linear),
        LocalResponseNormalization lrn => x => Divide(lrn, x[0]),
        Lstm lstm => new TorchRecurrent(lstm, _weights).Run,
        MatMul => x => x[0].permute(0, 2, 3, 1).matmul(x[1].permute(0, 2, 3, 1)).permute(0, 3, 1, 2),
        MaxPool pool => new TorchPools(pool.Window, inputs[0], output).Maximum,
        Mirror => x => x[0].flip(3),
        PRelu relu => x => F.prelu(x[0], Like(_weights[relu.Slope], x[0])),
        Rearrange rearrange => Move(rearrange, inputs[0]),
        Reduce reduce => Reduce(reduce.Function),
        Relu => x => x[0].relu(),
        Reshape reshape => x => x[0].permute(0, 2, 3, 1)
            .reshape(x[0].shape[0], reshape.Shape.Height, reshape.Shape.Width, reshape.Shape.Channels).permute(0, 3, 1, 2),
        Resize resize => Enlarge(resize, inputs[0]),
        Sigmoid => x => x[0].sigmoid(),
        Softmax => x => x[0].softmax(1),
        Tanh => x => x[0].tanh(),
        _ => throw new FerException($"'{operation.Kind}' is not trained on a device; train on the device cpu."),
    };

    private static torch.Tensor Join(torch.Tensor[] parts)
    {
        // A constant is there once, not for each example.
        long batch = parts.Max(part => part.shape[0]);
        return torch.cat([.. parts.Select(part => part.shape[0] == batch ? part : part.expand(batch, -1, -1, -1))], 1);
    }

    private static Func<torch.Tensor[], torch.Tensor> Arithmetic(ArithmeticFunction function) => function switch
    {
        ArithmeticFunction.Add => x => x[0].add(x[1]),
        ArithmeticFunction.Subtract => x => x[0].sub(x[1]),
        ArithmeticFunction.Multiply => x => x[0].mul(x[1]),
        ArithmeticFunction.Divide => x => x[0].div(x[1]),
        ArithmeticFunction.Maximum => x => torch.maximum(x[0], x[1]),
        ArithmeticFunction.Minimum => x => torch.minimum(x[0], x[1]),
        _ => x => torch.pow(x[0], x[1]),
    };

    private static Func<torch.Tensor[], torch.Tensor> Function(ElementaryFunction function) => function switch
    {
        ElementaryFunction.Exp => x => x[0].exp(),
        ElementaryFunction.Log => x => x[0].log(),
        ElementaryFunction.Sqrt => x => x[0].sqrt(),
        ElementaryFunction.Abs => x => x[0].abs(),
        ElementaryFunction.Reciprocal => x => x[0].reciprocal(),
        ElementaryFunction.Softplus => x => torch.logaddexp(x[0], torch.zeros_like(x[0])),
        ElementaryFunction.Softsign => x => x[0].div(x[0].abs().add(1)),
        ElementaryFunction.Erf => x => x[0].erf(),
        ElementaryFunction.Round => x => x[0].round(),
        ElementaryFunction.Floor => x => x[0].floor(),
        _ => x => x[0].ceil(),
    };

    private static Func<torch.Tensor[], torch.Tensor> Reduce(ReduceFunction function) => function switch
    {
        ReduceFunction.Sum => x => x[0].sum([2, 3], keepdim: true),
        ReduceFunction.Maximum => x => x[0].amax([2, 3], keepdim: true),
        _ => x => x[0].amin([2, 3], keepdim: true),
    };

    /// <summary>As ONNX has it: of an even number of channels the one more lies after, where PyTorch's own has it before.</summary>
    private static torch.Tensor Divide(LocalResponseNormalization lrn, torch.Tensor x)
    {
        int before = (lrn.Size - 1) / 2;
        var squares = F.pad(x.square(), [0, 0, 0, 0, before, lrn.Size - 1 - before]);
        var sum = squares.narrow(1, 0, x.shape[1]);
        for (int i = 1; i < lrn.Size; i++) sum = sum.add(squares.narrow(1, i, x.shape[1]));
        return x.div(sum.mul(lrn.Alpha / lrn.Size).add(lrn.Bias).pow(lrn.Beta));
    }

    private Func<torch.Tensor[], torch.Tensor> Normalize(BatchNormalization norm)
    {
        var (scale, shift) = (_weights[norm.Scale], _weights[norm.Shift]);
        var (mean, variance) = (_weights[norm.RunningMean], _weights[norm.RunningVariance]);
        // Whether it measures the batch may change between passes.
        return x => F.batch_norm(
            x[0], mean, variance, scale, shift, _training && !norm.UsesRunningStatistics, norm.Momentum, norm.Epsilon);
    }

    private Func<torch.Tensor[], torch.Tensor> Value(Constant constant)
    {
        var value = _weights[constant.Value];
        var (c, h, w) = (constant.Shape.Channels, constant.Shape.Height, constant.Shape.Width);
        // It has no input to take the batch from, and broadcasts where it is used; only a concatenation wants it as often as the others.
        return _ => value.view(1, c, h, w);
    }

    private Func<torch.Tensor[], torch.Tensor> Convolve(Convolution convolution)
    {
        var weight = _weights[convolution.Weight];
        var bias = convolution.Bias is { } b ? _weights[b] : null;
        var window = convolution.Window;
        bool even = window.PadTop == window.PadBottom && window.PadLeft == window.PadRight;
        long[] strides = [window.StrideHeight, window.StrideWidth], dilation = [window.DilationHeight, window.DilationWidth];
        long[] padding = even ? [window.PadTop, window.PadLeft] : [0, 0];
        long[] around = [window.PadLeft, window.PadRight, window.PadTop, window.PadBottom];
        return x =>
        {
            var image = even ? x[0] : F.pad(x[0], around);
            var (w, c) = (weight, bias);
            if (_place.Halves)
            {
                image = image.to_type(torch.bfloat16);
                (w, c) = (w.to_type(torch.bfloat16), c?.to_type(torch.bfloat16));
            }
            // Convolutions take the order of their weights; there is no other way to ask for it.
            if (_place.ChannelsLast) w = w.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
            return F.conv2d(image, w, c, strides, padding, dilation, convolution.Groups);
        };
    }

    private Func<torch.Tensor[], torch.Tensor> Multiply(Linear linear)
    {
        var weight = _weights[linear.Weight];
        var bias = linear.Bias is { } b ? _weights[b] : null;
        return x => F.linear(x[0].flatten(1).@float(), weight, bias).unsqueeze(2).unsqueeze(3);
    }

    private Func<torch.Tensor[], torch.Tensor> Move(Rearrange rearrange, Shape input)
    {
        // The place of each output value in an input example, in the engine's order; the last place holds the fill value.
        long[] places = [0];
        foreach (int[] axis in rearrange.Axes)
            places = [.. places.SelectMany(start => axis.Select(step => start < 0 || step < 0 ? -1 : start + step))];
        var index = Constant(torch.tensor([.. places.Select(place => place < 0 ? input.Length : place)], torch.int64));
        var (shape, fill) = (rearrange.Shape, rearrange.Fill);
        bool fills = places.Any(place => place < 0);
        return x =>
        {
            var flat = x[0].permute(0, 2, 3, 1).flatten(1);
            if (fills) flat = F.pad(flat, [0L, 1], PaddingModes.Constant, fill);
            return flat.index_select(1, index).reshape(x[0].shape[0], shape.Height, shape.Width, shape.Channels).permute(0, 3, 1, 2);
        };
    }

    private Func<torch.Tensor[], torch.Tensor> Enlarge(Resize resize, Shape input)
    {
        var o = resize.Options;
        var rows = Constant(Matrix(new ResizeAxis(input.Height, resize.Height, o.ScaleHeight, 0, 1, o), input.Height, resize.Height));
        var columns = Constant(Matrix(new ResizeAxis(input.Width, resize.Width, o.ScaleWidth, 0, 1, o), input.Width, resize.Width).t());
        return x => Like(rows, x[0]).matmul(x[0]).matmul(Like(columns, x[0]));
    }

    /// <summary>[output, input] weights of an axis.</summary>
    private static torch.Tensor Matrix(ResizeAxis axis, int input, int output)
    {
        var values = new float[output * input];
        for (int i = 0; i < output; i++)
            foreach (var (place, weight) in axis.Taps(i)) values[i * input + place] += weight;
        return torch.tensor(values).view(output, input);
    }

    /// <summary>A tensor that every batch uses, on the device.</summary>
    private torch.Tensor Constant(torch.Tensor tensor)
    {
        var kept = tensor.to(_place.Device).DetachFromDisposeScope();
        _constants.Add(kept);
        return kept;
    }

    private static torch.Tensor Like(torch.Tensor tensor, torch.Tensor other) =>
        tensor.dtype == other.dtype ? tensor : tensor.to_type(other.dtype);

    public void Dispose()
    {
        foreach (var constant in _constants) constant.Dispose();
    }
}
