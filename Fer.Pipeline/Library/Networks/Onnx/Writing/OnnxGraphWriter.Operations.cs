using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>Operations that need several ONNX nodes, or parameters with other dimensions.</summary>
internal sealed partial class OnnxGraphWriter
{
    private static string NameOf(ArithmeticFunction function) => function switch
    {
        ArithmeticFunction.Add => "Add",
        ArithmeticFunction.Subtract => "Sub",
        ArithmeticFunction.Multiply => "Mul",
        ArithmeticFunction.Divide => "Div",
        ArithmeticFunction.Maximum => "Max",
        ArithmeticFunction.Minimum => "Min",
        _ => "Pow",
    };

    private string[] Limits(Node node, Clip clip)
    {
        string least = float.IsInfinity(clip.Minimum) ? "" : Scalar(node, "min", clip.Minimum);
        return float.IsInfinity(clip.Maximum) ? [least] : [least, Scalar(node, "max", clip.Maximum)];
    }

    private Value WriteConstant(Constant constant)
    {
        _dimensions[constant.Value] = [1, constant.Shape.Channels, constant.Shape.Height, constant.Shape.Width];
        return new Value(constant.Value.Name, 4);
    }

    private Value WritePRelu(Node node, PRelu prelu, Value x)
    {
        _dimensions[prelu.Slope] = [prelu.Channels, 1, 1];
        return Write(node, "PRelu", 4, [x.Name, prelu.Slope.Name]);
    }

    /// <summary>An operator whose axes were an attribute before operator set 13.</summary>
    private Value WriteAxes(Node node, Func<string, string> nameFor, string type, int rank, Value x, params long[] axes) => OperatorSet < 13
        ? WriteHelper(node, nameFor, type, rank, [x.Name], OnnxAttributes.Ints("axes", axes))
        : WriteHelper(node, nameFor, type, rank, [x.Name, Integers(node, "axes", axes)]);

    private Value WriteReduce(Node node, Value x, Reduce reduce)
    {
        string type = reduce.Function switch { ReduceFunction.Sum => "ReduceSum", ReduceFunction.Maximum => "ReduceMax", _ => "ReduceMin" };
        var keep = OnnxAttributes.Int("keepdims", 0);
        bool byInput = OperatorSet >= (reduce.Function == ReduceFunction.Sum ? 13 : 18);
        return byInput
            ? Write(node, type, 2, [x.Name, Integers(node, "axes", 2, 3)], keep)
            : Write(node, type, 2, [x.Name], OnnxAttributes.Ints("axes", 2, 3), keep);
    }

    /// <summary>The engine reshapes in channels-last order: ONNX's value is transposed to that order and back.</summary>
    private Value WriteReshape(Node node, Value x)
    {
        var last = Transposed(node, x, "/last", 0, 2, 3, 1);
        var shaped = WriteHelper(node, layer => layer + "/shape", "Reshape", 4,
            [last.Name, Integers(node, "shape", -1, node.Shape.Height, node.Shape.Width, node.Shape.Channels)]);
        return Write(node, "Transpose", 4, [shaped.Name], OnnxAttributes.Ints("perm", 0, 3, 1, 2));
    }

    private Value Transposed(Node node, Value x, string suffix, params long[] order) =>
        WriteHelper(node, layer => layer + suffix, "Transpose", order.Length, [x.Name], OnnxAttributes.Ints("perm", order));

    private Value WriteMatMul(Node node)
    {
        Value[] sides = [.. node.Inputs.Select(i => Transposed(node, AtRank(node, ValueOf(i), 4), "/last", 0, 2, 3, 1))];
        var product = WriteHelper(node, layer => layer + "/product", "MatMul", 4, [sides[0].Name, sides[1].Name]);
        return Write(node, "Transpose", 4, [product.Name], OnnxAttributes.Ints("perm", 0, 3, 1, 2));
    }

    /// <summary>
    /// A selection of channels becomes a Gather; anything else becomes a Gather of single values, preceded by one extra value for the fill.
    /// </summary>
    private Value WriteRearrange(Node node, Value x, Rearrange rearrange)
    {
        var input = _network.InputShapes(node)[0];
        int[] sources = SourcesOf(rearrange);
        var (channels, area) = (node.Shape.Channels, node.Shape.Area);
        // [place, channel] in the engine: are the channels the same at every place?
        bool selects = area == input.Area && (node.Shape.Height, node.Shape.Width) == (input.Height, input.Width)
            && sources.Select((source, i) => source >= 0 && source == i / channels * input.Channels + sources[i % channels]).All(
                same => same)
            && sources.Take(channels).All(source => source < input.Channels);
        if (selects)
            return Write(node, "Gather", 4, [x.Name, Integers(node, "channels", [.. sources.Take(channels).Select(c => (long)c)])],
                OnnxAttributes.Int("axis", 1));
        bool fills = sources.Contains(-1);
        var indices = new long[sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            int source = sources[i];
            indices[i % channels * area + i / channels] = source < 0 ? 0
                : source % input.Channels * input.Area + source / input.Channels + (fills ? 1 : 0);
        }
        var flat = WriteHelper(node, layer => layer + "/values", "Flatten", 2, [x.Name], OnnxAttributes.Int("axis", 1));
        if (fills)
            flat = WriteHelper(node, layer => layer + "/fill", "Pad", 2,
                [flat.Name, Integers(node, "pads", 0, 1, 0, 0), Scalar(node, "fill", rearrange.Fill)]);
        var picked = WriteHelper(node, layer => layer + "/picked", "Gather", 2, [flat.Name, Integers(node, "places", indices)],
            OnnxAttributes.Int("axis", 1));
        return Write(node, "Reshape", 4, [picked.Name, Integers(node, "shape", -1, channels, node.Shape.Height, node.Shape.Width)]);
    }

    /// <summary>For each output value in memory order, the index of its input value, or -1.</summary>
    private static int[] SourcesOf(Rearrange rearrange)
    {
        int[] sources = [0];
        foreach (int[] axis in rearrange.Axes)
            sources = [.. from source in sources from entry in axis select source < 0 || entry < 0 ? -1 : source + entry];
        return sources;
    }

    private Value WriteResize(Node node, Value x, Resize resize)
    {
        var o = resize.Options;
        var input = _network.InputShapes(node)[0];
        var attributes = new List<AttributeProto>
        {
            OnnxAttributes.Text(
                "mode", o.Interpolation switch { Interpolation.Nearest => "nearest", Interpolation.Linear => "linear", _ => "cubic" }),
            OnnxAttributes.Text("coordinate_transformation_mode", o.Coordinates switch
            {
                ResizeCoordinates.HalfPixel => "half_pixel",
                ResizeCoordinates.PytorchHalfPixel => "pytorch_half_pixel",
                ResizeCoordinates.AlignCorners => "align_corners",
                ResizeCoordinates.Asymmetric => "asymmetric",
                ResizeCoordinates.TfHalfPixelForNn => "tf_half_pixel_for_nn",
                _ => "tf_crop_and_resize",
            }),
            OnnxAttributes.Text("nearest_mode", o.Rounding switch
            {
                NearestRounding.RoundPreferFloor => "round_prefer_floor",
                NearestRounding.RoundPreferCeil => "round_prefer_ceil",
                NearestRounding.Floor => "floor",
                _ => "ceil",
            }),
            OnnxAttributes.Float("cubic_coeff_a", o.CubicCoefficient),
            OnnxAttributes.Int("exclude_outside", o.ExcludeOutside ? 1 : 0),
            OnnxAttributes.Float("extrapolation_value", o.Extrapolation),
        };
        float[] region = o.Coordinates == ResizeCoordinates.TfCropAndResize
            ? [0, 0, (float)o.Region.Top, (float)o.Region.Left, 1, 1, (float)o.Region.Bottom, (float)o.Region.Right]
            : [];
        float[] scales = [1, 1, ScaleOf(o.ScaleHeight, input.Height, resize.Height), ScaleOf(o.ScaleWidth, input.Width, resize.Width)];
        return Write(node, "Resize", 4, [x.Name, Fractions(node, "roi", region), Fractions(node, "scales", scales)], [.. attributes]);

        // Runtimes round size times scale down, some in floats and some in doubles, so use the smallest scale that gives the size in both.
        static float ScaleOf(double stated, int from, int to)
        {
            float scale = stated != 0 ? (float)stated : (float)((double)to / from);
            while (Math.Floor(from * (double)scale) < to) scale = MathF.BitIncrement(scale);
            return scale;
        }
    }

    /// <summary>ONNX requires [steps, batch, values]; several columns of an example become separate examples.</summary>
    private Value WriteRecurrent(Node node, Value x, Recurrent recurrent)
    {
        foreach (var (_, parameter) in recurrent.Parameters) _dimensions[parameter] = [1, .. parameter.Dimensions];
        int steps = node.Shape.Height, columns = node.Shape.Width;
        Value sequence;
        if (columns == 1)
            sequence = Transposed(node, WriteAxes(node, layer => layer + "/column", "Squeeze", 3, x, 3), "/steps", 2, 0, 1);
        else
        {
            var turned = Transposed(node, x, "/steps", 2, 0, 3, 1);
            sequence = WriteHelper(node, layer => layer + "/sequence", "Reshape", 3,
                [turned.Name, Integers(node, "sequence", steps, -1, recurrent.Inputs)]);
        }
        var attributes = new List<AttributeProto>
        {
            OnnxAttributes.Int("hidden_size", recurrent.Units),
            OnnxAttributes.Text("direction", recurrent.Reverse ? "reverse" : "forward"),
        };
        if (recurrent is Gru gru) attributes.Add(OnnxAttributes.Int("linear_before_reset", gru.ResetAfter ? 1 : 0));
        List<string> inputs = [sequence.Name, recurrent.Weight.Name, recurrent.RecurrentWeight.Name, recurrent.Bias.Name];
        if (recurrent is Lstm { Peepholes: { } peepholes }) inputs.AddRange(["", "", "", peepholes.Name]);
        var states = Write(node, recurrent is Lstm ? "LSTM" : "GRU", 4, [.. inputs], [.. attributes]);
        if (columns == 1) return Transposed(node, states, "/states", 2, 3, 0, 1);
        var split = WriteHelper(node, layer => layer + "/columns", "Reshape", 4,
            [states.Name, Integers(node, "columns", steps, -1, columns, recurrent.Units)]);
        return Transposed(node, split, "/states", 1, 3, 0, 2);
    }

    private string Fractions(Node node, string role, float[] values)
    {
        string name = Unique($"{node.Name}.{role}");
        _graph.Initializer.Add(OnnxTensors.Floats(name, values, [values.Length]));
        return name;
    }
}
