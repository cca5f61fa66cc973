using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Transposed convolution over one or two axes: the pixels are moved apart by the stride, with zeros between and around them, and convolved
/// with the flipped kernel (Dumoulin and Visin, arXiv 1603.07285).
/// </summary>
internal static class OnnxTransposedConvolution
{
    internal static OnnxValue[] Read(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        var x = node.Value(0);
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 2) throw new OnnxFormatException($"slides over {spatial} axes; one and two are supported");
        var weight = node.Constant(1, x.Rank);
        x = OnnxWindows.ImageOf(node, x);
        int channels = x.Dimensions[1], each = weight.Dimensions[1];
        long groups = node.Attributes.TakeInt("group", 1);
        if (weight.Dimensions[0] != channels || groups < 1 || groups > channels || channels % groups != 0
            || groups * each > node.MaxDimension)
            throw new OnnxFormatException($"has {groups} groups and weights {weight} over an input of {x.Layer.Shape}");
        var axes = ReadAxes(node, x.Dimensions[2..], weight.Dimensions[2..]);
        int[] kernel = weight.Dimensions[2..], dimensions = [.. x.Dimensions];
        var tables = new int[]?[x.Rank];
        for (int i = 0; i < spatial; i++)
        {
            tables[i + 2] = axes[i].Places(x.Dimensions[i + 2]);
            dimensions[i + 2] = tables[i + 2]!.Length;
        }
        var apart = OnnxWindows.ImageOf(node, OnnxLayout.Pick(node, x, tables, dimensions, x.Order));
        var (rows, columns) = spatial == 1 ? (1, kernel[0]) : (kernel[0], kernel[1]);
        var (rowStep, columnStep) = spatial == 1 ? (1, axes[0].Dilation) : (axes[0].Dilation, axes[1].Dilation);
        var convolution = new Convolution(channels, (int)groups * each, new Window(rows, columns, 1, 1, 0, 0, 0, 0, rowStep, columnStep),
            (int)groups, node.Has(2));
        int inputs = channels / (int)groups, taps = rows * columns;
        node.Bind(convolution.Weight, values =>
        {
            // From [inputs, outputs of a group, taps] to [outputs, inputs of a group, taps from last to first].
            float[] stored = weight.Floats();
            for (int c = 0; c < channels; c++)
                for (int m = 0; m < each; m++)
                    for (int tap = 0; tap < taps; tap++)
                        values[((c / inputs * each + m) * inputs + c % inputs) * taps + taps - 1 - tap] =
                            stored[(c * each + m) * taps + tap];
        });
        if (convolution.Bias is { } bias) node.Bind(bias, node.Constant(2, 1));
        return [OnnxWindows.Result(node, apart, node.Main(convolution, apart.Layer))];
    }

    /// <summary>One axis: pixels <paramref name="Stride"/> apart, with zeros on both sides; fewer than none cut pixels off.</summary>
    private readonly record struct SpreadAxis(int Stride, int Dilation, long Before, long Length)
    {
        /// <summary>For each place of the spread axis the pixel that lies there, or -1.</summary>
        internal int[] Places(int size)
        {
            var places = new int[Length];
            for (long i = 0; i < Length; i++)
            {
                long place = i - Before;
                places[i] = place >= 0 && place % Stride == 0 && place / Stride < size ? (int)(place / Stride) : -1;
            }
            return places;
        }
    }

    private static SpreadAxis[] ReadAxes(OnnxNode node, int[] sizes, int[] kernel)
    {
        int n = sizes.Length, most = node.MaxDimension;
        if (!node.Attributes.TakeInts("kernel_shape", kernel, n, 1, most).AsSpan().SequenceEqual(kernel))
            throw new OnnxFormatException($"declares another kernel than the {string.Join("x", kernel)} that it has weights for");
        int[] ones = [.. Enumerable.Repeat(1, n)];
        int[] strides = node.Attributes.TakeInts("strides", ones, n, 1, most),
            dilations = node.Attributes.TakeInts("dilations", ones, n, 1, most);
        int[] extra = node.Attributes.TakeInts("output_padding", new int[n], n, 0, most),
            pads = node.Attributes.TakeInts("pads", new int[2 * n], 2 * n, 0, most);
        int[] stated = node.Attributes.TakeInts("output_shape", [], n, 1, most, optional: true);
        string auto = node.Attributes.TakeText("auto_pad", "NOTSET");
        if (auto is not ("NOTSET" or "" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw new OnnxFormatException($"has auto_pad = {OnnxText.Quote(auto)}");
        return [.. Enumerable.Range(0, n).Select(i =>
        {
            long span = (kernel[i] - 1L) * dilations[i] + 1, full = (long)strides[i] * (sizes[i] - 1) + extra[i] + span;
            long before = auto == "VALID" ? 0 : pads[i], after = auto == "VALID" ? 0 : pads[n + i];
            if (stated.Length > 0 || auto is "SAME_UPPER" or "SAME_LOWER")
            {
                // What is too much is cut off both sides, what is missing is added behind.
                long cut = full - (stated.Length > 0 ? stated[i] : (long)sizes[i] * strides[i]);
                before = cut < 0 ? 0 : auto == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
                after = cut - before;
            }
            long output = full - before - after, length = output + span - 1;
            if (output < 1 || length > most)
                throw new OnnxFormatException($"gives {output} values along an axis of {sizes[i]}, which is not supported");
            return new SpreadAxis(strides[i], dilations[i], span - 1 - before, length);
        })];
    }
}
