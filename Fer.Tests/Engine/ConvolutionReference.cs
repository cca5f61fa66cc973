using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>A convolution and its gradients as plain loops in doubles, in [batch, channels, height, width] order.</summary>
internal static class ConvolutionReference
{
    internal static (double[] Output, double[] InputGradient, double[] WeightGradient) Compute(
        Convolution convolution, Shape shape, int batch, float[] x, float[] dy)
    {
        var w = convolution.Window;
        var size = convolution.OutputShape([shape]);
        int inputs = convolution.InputChannels / convolution.Groups, outputs = convolution.OutputChannels / convolution.Groups;
        var (y, dx, dw) = (new double[dy.Length], new double[x.Length], new double[convolution.Weight.Length]);
        var weight = convolution.Weight.Values;
        for (int n = 0; n < batch; n++)
            for (int o = 0; o < convolution.OutputChannels; o++)
                for (int oy = 0; oy < size.Height; oy++)
                    for (int ox = 0; ox < size.Width; ox++)
                    {
                        int output = ((n * convolution.OutputChannels + o) * size.Height + oy) * size.Width + ox;
                        if (convolution.Bias is { } bias) y[output] += bias.Values[o];
                        for (int i = 0; i < inputs; i++)
                            for (int ky = 0; ky < w.KernelHeight; ky++)
                                for (int kx = 0; kx < w.KernelWidth; kx++)
                                {
                                    int iy = oy * w.StrideHeight - w.PadTop + ky * w.DilationHeight,
                                        ix = ox * w.StrideWidth - w.PadLeft + kx * w.DilationWidth;
                                    if ((uint)iy >= shape.Height || (uint)ix >= shape.Width) continue;
                                    int input = ((n * shape.Channels + o / outputs * inputs + i) * shape.Height + iy) * shape.Width + ix;
                                    int k = ((o * inputs + i) * w.KernelHeight + ky) * w.KernelWidth + kx;
                                    y[output] += (double)x[input] * weight[k];
                                    dx[input] += (double)dy[output] * weight[k];
                                    dw[k] += (double)dy[output] * x[input];
                                }
                    }
        return (y, dx, dw);
    }
}
