using TorchSharp;
using F = TorchSharp.torch.nn.functional;

namespace Fer.Pipeline.Torch;

/// <summary>
/// Tries libtorch's convolutions on the processor before anything relies on them: with some processors its kernels for numbers of channels
/// that do not fill a vector give other sums than they should, PyTorch's too.
/// </summary>
internal static class TorchCheck
{
    private const double Tolerance = 1e-4;

    /// <summary>Fails where a small convolution or its gradient is wrong.</summary>
    /// <exception cref="FerException">It is; the message says what helps.</exception>
    internal static void Convolutions()
    {
        foreach (var (inputs, outputs, side) in new[] { (5, 9, 8), (8, 8, 6), (24, 48, 6) })
        {
            using var scope = torch.NewDisposeScope();
            torch.manual_seed(1);
            var image = torch.randn([3, inputs, side, side], torch.float64);
            var weight = torch.randn([outputs, inputs, 3, 3], torch.float64);
            var slope = torch.randn([3, outputs, side, side], torch.float64);
            var (exact, exactGradient) = Run(image, weight, slope);
            var (sum, gradient) = Run(image.@float(), weight.@float(), slope.@float());
            if (Differs(exact, sum) || Differs(exactGradient, gradient))
                throw new FerException("libtorch computes convolutions wrongly on this processor: tried in 32 and in 64 bits they " +
                    "differ. Set the environment variable ONEDNN_MAX_CPU_ISA=SSE41, which is right and slower, or train on the device cpu.");
        }
    }

    private static (torch.Tensor Output, torch.Tensor Gradient) Run(torch.Tensor image, torch.Tensor weight, torch.Tensor slope)
    {
        var leaf = image.detach().clone();
        leaf.requires_grad = true;
        var output = F.conv2d(leaf, weight, null, [1, 1], [1, 1]);
        output.mul(slope).sum().backward();
        return (output.detach(), leaf.grad!);
    }

    // A sum that is not a number differs, too.
    private static bool Differs(torch.Tensor exact, torch.Tensor other) =>
        !(exact.sub(other.@double()).abs().max().item<double>() <= Tolerance * exact.abs().max().item<double>());
}
