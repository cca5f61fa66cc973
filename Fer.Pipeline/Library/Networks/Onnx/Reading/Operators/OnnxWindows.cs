using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Operators with a sliding window: convolution and pooling over one or two axes; pooling over three as well.</summary>
internal static class OnnxWindows
{
    private const int UsualReach = 64;

    internal static OnnxValue[] ReadConvolution(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        var x = node.Value(0);
        var weight = node.Constant(1, x.Rank);
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 2) throw new OnnxFormatException($"slides over {spatial} axes; one and two are supported");
        x = ImageOf(node, x);
        long groups = node.Attributes.TakeInt("group", 1);
        int channels = x.Dimensions[1], outputs = weight.Dimensions[0];
        var window = ReadWindow(node, x, weight.Dimensions[2..]);
        if (groups < 1 || groups > channels || groups * weight.Dimensions[1] != channels)
            throw new OnnxFormatException($"has {groups} groups of {weight.Dimensions[1]} channels over an input of {x.Layer.Shape}");
        var convolution = node.Shared(() => new Convolution(channels, outputs, window, (int)groups, node.Has(2)));
        node.Bind(convolution.Weight, weight.Reshaped(weight.Name, [.. convolution.Weight.Dimensions]));
        if (convolution.Bias is { } bias) node.Bind(bias, node.Constant(2, 1));
        return [Result(node, x, node.Main(convolution, x.Layer))];
    }

    internal static OnnxValue[] ReadMaxPool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        long order = node.Attributes.TakeInt("storage_order", 0);
        if (node.Wants(1))
            throw new OnnxFormatException($"outputs the indices of its maxima (storage_order {order}), which is not supported");
        return [Pool(node, window => new MaxPool(window))];
    }

    internal static OnnxValue[] ReadAveragePool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        bool countPadding = node.Attributes.TakeInt("count_include_pad", 0) != 0;
        return [Pool(node, window => new AveragePool(window, countPadding))];
    }

    private static OnnxValue Pool(OnnxNode node, Func<Window, Operation> create)
    {
        var x = node.Value(0);
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 3) throw new OnnxFormatException($"slides over {spatial} axes; one to three are supported");
        if (spatial < 3)
        {
            x = ImageOf(node, x);
            return Result(node, x, node.Main(create(ReadPoolWindow(node, x, [.. x.Dimensions.Skip(2)])[0]), x.Layer));
        }
        // Three axes: maximum and mean are separable, so pool the first axis and then the other two.
        OnnxNode.RequireBatch(x);
        var windows = ReadPoolWindow(node, x, [.. x.Dimensions.Skip(2)]);
        int[] depthOuter = WithExample(x, 2, 3, 4, 1), depthInner = WithExample(x, 3, 4, 2, 1);
        x = OnnxLayout.Arrange(node, x, depthOuter);
        var d = x.Dimensions;
        var deep = node.Helper(create(windows[0]), OnnxLayout.View(node, x.Layer, new Shape(d[1] * d[3] * d[4], d[2])));
        x = OnnxLayout.Arrange(node, x with { Layer = deep, Dimensions = [d[0], d[1], deep.Shape.Height, d[3], d[4]], Order = depthOuter },
            depthInner);
        d = x.Dimensions;
        var flat = node.Main(create(windows[1]), OnnxLayout.View(node, x.Layer, new Shape(d[1] * d[2], d[3], d[4])));
        return x with { Layer = flat, Dimensions = [d[0], d[1], d[2], flat.Shape.Height, flat.Shape.Width], Order = depthInner };
    }

    private static int[] WithExample(OnnxValue x, params int[] axes) => x.BatchAxis < 0 ? [0, .. axes] : axes;

    /// <summary>[batch, channels, width] or [batch, channels, height, width] as the engine's image.</summary>
    internal static OnnxValue ImageOf(OnnxNode node, OnnxValue x)
    {
        OnnxNode.RequireBatch(x);
        x = OnnxLayout.Arrange(node, x, x.Rank == 3 ? WithExample(x, 2, 1) : WithExample(x, 2, 3, 1));
        var d = x.Dimensions;
        return x with { Layer = OnnxLayout.View(node, x.Layer, x.Rank == 3 ? new Shape(d[1], 1, d[2]) : new Shape(d[1], d[2], d[3])) };
    }

    internal static OnnxValue Result(OnnxNode node, OnnxValue x, Layer layer)
    {
        int[] dimensions = x.Rank == 3 ? [x.Dimensions[0], layer.Shape.Channels, layer.Shape.Width]
            : [x.Dimensions[0], layer.Shape.Channels, layer.Shape.Height, layer.Shape.Width];
        node.CheckShape(dimensions[1..]);
        return new OnnxValue(layer, dimensions, x.Order, x.BatchAxis);
    }

    private static Window ReadWindow(OnnxNode node, OnnxValue x, int[] kernel)
    {
        int[] sizes = [.. x.Dimensions.Skip(2)];
        var (axes, _) = ReadAxes(node, sizes, kernel, ceil: false);
        CheckSizes(axes, sizes);
        return WindowOf(axes);
    }

    /// <summary>
    /// What no network does, but a file may ask for: a kernel, stride, dilation or padding far beyond the picture. Up to
    /// <see cref="UsualReach"/> all of them pass, since networks made for large pictures see small ones too.
    /// </summary>
    /// <exception cref="OnnxFormatException">One is beyond it.</exception>
    private static void CheckSizes(WindowAxis[] axes, int[] sizes)
    {
        for (int i = 0; i < axes.Length; i++)
        {
            var (axis, most) = (axes[i], Math.Max(UsualReach, sizes[i]));
            Check("kernel", axis.Kernel, Math.Max(UsualReach, 2L * sizes[i] + 1));
            Check("stride", axis.Stride, most);
            Check("dilation", axis.Dilation, most);
            Check("padding", Math.Max(axis.Before, axis.After), most);

            void Check(string what, int value, long limit)
            {
                if (value > limit)
                    throw new OnnxFormatException($"has a {what} of {value} over {sizes[i]} values; at most {limit} is supported there");
            }
        }
    }

    /// <summary>One window for one or two axes; for three, one for the first axis and one for the others.</summary>
    private static Window[] ReadPoolWindow(OnnxNode node, OnnxValue x, int[] sizes)
    {
        var (axes, ceil) = ReadAxes(node, sizes, null, ceil: node.Attributes.TakeInt("ceil_mode", 0) != 0);
        CheckSizes(axes, sizes);
        // A window entirely inside the padding would have no maximum and no mean.
        foreach (var axis in axes)
            if (Math.Max(axis.Before, axis.After) > (axis.Kernel - 1L) * axis.Dilation)
                throw new OnnxFormatException("has as much padding as kernel");
        if (axes.Length == 3)
            return [WindowOf([axes[0], new WindowAxis(1, 1, 1, 0, 0)]) with { CeilMode = ceil },
                WindowOf(axes[1..]) with { CeilMode = ceil }];
        return [WindowOf(axes) with { CeilMode = ceil }];
    }

    internal readonly record struct WindowAxis(int Kernel, int Stride, int Dilation, int Before, int After);

    private static Window WindowOf(WindowAxis[] axes)
    {
        var (h, w) = axes.Length == 1 ? (new WindowAxis(1, 1, 1, 0, 0), axes[0]) : (axes[0], axes[1]);
        return new Window(h.Kernel, w.Kernel, h.Stride, w.Stride, h.Before, w.Before, h.After, w.After, h.Dilation, w.Dilation);
    }

    private static (WindowAxis[] Axes, bool Ceil) ReadAxes(OnnxNode node, int[] sizes, int[]? kernel, bool ceil)
    {
        int n = sizes.Length, most = node.MaxDimension;
        int[] stated = node.Attributes.TakeInts("kernel_shape", kernel, n, 1, most);
        if (kernel is not null && !stated.AsSpan().SequenceEqual(kernel))
            throw new OnnxFormatException(
                $"declares that its kernel is {string.Join("x", stated)} but has weights for {string.Join("x", kernel)}");
        int[] ones = [.. Enumerable.Repeat(1, n)];
        int[] strides = node.Attributes.TakeInts("strides", ones, n, 1, most),
            dilations = node.Attributes.TakeInts("dilations", ones, n, 1, most);
        int[] pads = node.Attributes.TakeInts("pads", new int[2 * n], 2 * n, 0, most);
        string auto = node.Attributes.TakeText("auto_pad", "NOTSET");
        if (auto is not ("NOTSET" or "" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw new OnnxFormatException($"has auto_pad = {OnnxText.Quote(auto)}");
        return ([.. Enumerable.Range(0, n).Select(i =>
        {
            var axis = new WindowAxis(stated[i], strides[i], dilations[i], pads[i], pads[n + i]);
            if (auto is "NOTSET" or "") return axis;
            if (auto == "VALID") return axis with { Before = 0, After = 0 };
            // As many windows as the stride allows; the missing padding is split between both sides, and an odd row or column goes to the
            // end or the start.
            long missing = Math.Max(
                0, ((sizes[i] + strides[i] - 1L) / strides[i] - 1) * strides[i] + (stated[i] - 1L) * dilations[i] + 1 - sizes[i]);
            if (missing > most) throw new OnnxFormatException("needs more padding than is supported");
            int small = (int)(missing / 2), large = (int)missing - small;
            return auto == "SAME_UPPER" ? axis with { Before = small, After = large } : axis with { Before = large, After = small };
        })], ceil);
    }
}
