using Fer.Pipeline.Engine;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;

namespace Fer.Pipeline.Torch;

/// <summary>Pooling with any padding: PyTorch's own has the same on both sides, and at most half a window.</summary>
/// <param name="window">Kernel, stride and padding.</param>
/// <param name="input">Shape of an input example.</param>
/// <param name="output">Shape of an output example.</param>
internal sealed class TorchPools(Window window, Shape input, Shape output)
{
    private readonly long[] _kernel = [window.KernelHeight, window.KernelWidth], _strides = [window.StrideHeight, window.StrideWidth],
        _dilation = [window.DilationHeight, window.DilationWidth];

    /// <summary>Padding in PyTorch's order, up to the end of the last window.</summary>
    private readonly long[] _around =
    [
        window.PadLeft, Math.Max(0, (output.Width - 1) * window.StrideWidth + window.SpanWidth - input.Width - window.PadLeft),
        window.PadTop, Math.Max(0, (output.Height - 1) * window.StrideHeight + window.SpanHeight - input.Height - window.PadTop),
    ];

    private bool IsPadded => _around.Any(side => side > 0);

    internal torch.Tensor Maximum(torch.Tensor[] x)
    {
        var image = IsPadded ? F.pad(x[0], _around, PaddingModes.Constant, double.NegativeInfinity) : x[0];
        return F.max_pool2d(image, _kernel, _strides, [0, 0], _dilation);
    }

    /// <summary>The mean over what lies in the image, or in image and padding.</summary>
    /// <param name="countPadding">True where padding counts.</param>
    /// <param name="keep">Puts a tensor onto the device for as long as the graph lives.</param>
    internal Func<torch.Tensor[], torch.Tensor> Average(bool countPadding, Func<torch.Tensor, torch.Tensor> keep)
    {
        if (!IsPadded) return x => F.avg_pool2d(x[0], _kernel, _strides);
        var shares = new float[output.Area];
        for (int row = 0; row < output.Height; row++)
            for (int column = 0; column < output.Width; column++)
            {
                int rows = Inside(row * window.StrideHeight - window.PadTop, window.KernelHeight, input.Height,
                    countPadding ? window.PadTop : 0, countPadding ? window.PadBottom : 0);
                int columns = Inside(column * window.StrideWidth - window.PadLeft, window.KernelWidth, input.Width,
                    countPadding ? window.PadLeft : 0, countPadding ? window.PadRight : 0);
                shares[row * output.Width + column] = 1f / Math.Max(1, rows * columns);
            }
        var share = keep(torch.tensor(shares).view(1, 1, output.Height, output.Width));
        return x =>
        {
            var sum = F.avg_pool2d(F.pad(x[0], _around), _kernel, _strides, divisor_override: 1);
            return sum.mul(share.dtype == sum.dtype ? share : share.to_type(sum.dtype));
        };
    }

    private static int Inside(int start, int length, int size, int before, int after) =>
        Math.Min(start + length, size + after) - Math.Max(start, -before);
}
