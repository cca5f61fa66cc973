using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;

namespace Fer.Pipeline.Torch;

/// <summary>
/// Tries a network's convolutions on the processor in 32 and in 64 bits before anything relies on them: on some processors libtorch's
/// kernels for numbers of channels that do not fill a vector give wrong sums, PyTorch's too, and a training would only learn worse.
/// </summary>
internal static class TorchCheck
{
    private const double Tolerance = 1e-3;
    private const int Examples = 2;

    /// <summary>Fails where a convolution of a network, or a gradient of it, is wrong.</summary>
    /// <exception cref="FerException">It is; the message says which and what helps.</exception>
    internal static void Convolutions(Network network)
    {
        // Towards pixels no gradient is asked for.
        var learns = new bool[network.Nodes.Count];
        var tried = new HashSet<(string Layer, Shape Input, bool Back)>();
        foreach (var node in network.Nodes)
        {
            bool back = node.Inputs.Any(i => i >= 0 && learns[i]);
            learns[node.Index] = back || node.Operation.Parameters.Any(p => p.Parameter.IsTrainable);
            if (node.Operation is not Convolution convolution) continue;
            var input = network.InputShapes(node)[0];
            string layer = $"{convolution.OutputChannels} {convolution.Groups} {convolution.Window}";
            if (tried.Add((layer, input, back)) && !IsRight(convolution, input, node.Shape, back))
                throw new FerException(
                    $"libtorch computes the convolution '{node.Name}' of {network.Architecture} wrongly on this processor: in 32 and in " +
                    "64 bits it differs. Set the environment variable ONEDNN_MAX_CPU_ISA=SSE41, which is right and slower, or train on " +
                    "the device cpu.");
        }
    }

    private static bool IsRight(Convolution convolution, Shape input, Shape output, bool back)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var image = torch.randn([Examples, input.Channels, input.Height, input.Width], torch.float64);
        var weight = torch.randn([.. convolution.Weight.Dimensions.Select(d => (long)d)], torch.float64);
        var slope = torch.randn([Examples, output.Channels, output.Height, output.Width], torch.float64);
        var exact = Run(convolution, image, weight, slope, back);
        var rounded = Run(convolution, image.@float(), weight.@float(), slope.@float(), back);
        return exact.Zip(rounded).All(pair => IsClose(pair.First, pair.Second));
    }

    /// <summary>The output, the weights' gradient and, where it is asked for, the input's.</summary>
    private static List<torch.Tensor> Run(
        Convolution convolution, torch.Tensor image, torch.Tensor weight, torch.Tensor slope, bool back)
    {
        var (input, kernel) = (image.detach().clone(), weight.detach().clone());
        input.requires_grad = back;
        kernel.requires_grad = true;
        var window = convolution.Window;
        var padded = F.pad(input, [(long)window.PadLeft, window.PadRight, window.PadTop, window.PadBottom]);
        var output = F.conv2d(padded, kernel, null, [window.StrideHeight, window.StrideWidth], [0, 0],
            [window.DilationHeight, window.DilationWidth], convolution.Groups);
        output.mul(slope).sum().backward();
        List<torch.Tensor> all = [output.detach(), kernel.grad!];
        if (back) all.Add(input.grad!);
        return all;
    }

    // A value that is no number differs, too.
    private static bool IsClose(torch.Tensor exact, torch.Tensor other) =>
        exact.sub(other.@double()).abs().max().item<double>() <= Tolerance * exact.abs().max().item<double>();
}
