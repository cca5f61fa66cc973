using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Recurrent layers in either or both directions; the initial state must be zero, and all sequences must be as long as the input.
/// </summary>
internal static class OnnxRecurrent
{
    internal static OnnxValue[] ReadLstm(OnnxNode node)
    {
        node.ExpectInputs(3, 8);
        node.Attributes.Expect("input_forget", 0, 0);
        ExpectActivations(node, ["Sigmoid", "Tanh", "Tanh"]);
        bool peepholes = node.Has(7);
        return Read(node, gates: 4, (inputs, units, reverse) => new Lstm(inputs, units, reverse, peepholes), (layer, direction) =>
        {
            if (peepholes) BindPart(node, ((Lstm)layer).Peepholes!, 7, 3 * layer.Units, direction);
        });
    }

    internal static OnnxValue[] ReadGru(OnnxNode node)
    {
        node.ExpectInputs(3, 6);
        ExpectActivations(node, ["Sigmoid", "Tanh"]);
        bool resetAfter = node.Attributes.TakeInt("linear_before_reset", 0) != 0;
        return Read(node, gates: 3, (inputs, units, reverse) => new Gru(inputs, units, reverse, resetAfter), (_, _) => { });
    }

    private static void ExpectActivations(OnnxNode node, string[] usual)
    {
        if (node.Attributes.TakeTexts("activations") is { } stated)
            for (int i = 0; i < stated.Length; i++)
                if (stated[i] != usual[i % usual.Length])
                    throw new OnnxFormatException(
                        $"has the activation {OnnxText.Quote(stated[i])}; {string.Join(", ", usual)} are supported");
    }

    private static OnnxValue[] Read(OnnxNode node, int gates, Func<int, int, bool, Recurrent> create, Action<Recurrent, int> bindMore)
    {
        string direction = node.Attributes.TakeText("direction", "forward");
        if (direction is not ("forward" or "reverse" or "bidirectional"))
            throw new OnnxFormatException($"has direction = {OnnxText.Quote(direction)}");
        bool batchFirst = node.Attributes.TakeInt("layout", 0) != 0;
        long stated = node.Attributes.TakeInt("hidden_size", 0);
        var weight = node.Constant(1, 3);
        var state = node.Constant(2, 3);
        int directions = direction == "bidirectional" ? 2 : 1, units = state.Dimensions[2], inputs = weight.Dimensions[2];
        if (!weight.Dimensions.AsSpan().SequenceEqual([directions, gates * units, inputs])
            || !state.Dimensions.AsSpan().SequenceEqual([directions, gates * units, units]) || stated != 0 && stated != units)
            throw new OnnxFormatException($"has weights {weight} and {state}, which do not match");
        if (node.Has(3) && !node.Constant(3, 2).Dimensions.AsSpan().SequenceEqual([directions, 2 * gates * units]))
            throw new OnnxFormatException($"has the bias {node.Constant(3)}");
        var x = node.Value(0);
        if (x.Rank != 3) throw new OnnxFormatException($"reads a value with {x.Rank} axes where 3 are needed");
        int sequence = batchFirst ? 1 : 0, examples = 1 - sequence;
        if (x.BatchAxis >= 0 && x.BatchAxis != examples) throw new OnnxBatchException("uses the batch as its steps");
        if (x.Dimensions[2] != inputs) throw new OnnxFormatException($"has weights for {inputs} inputs and reads {x.Dimensions[2]}");
        int steps = x.Dimensions[sequence], columns = x.BatchAxis < 0 ? x.Dimensions[examples] : 1;
        CheckLengthsAndState(node, steps);
        int[] order = x.BatchAxis < 0 ? [sequence, examples, 2] : [sequence, 2];
        var layer = OnnxLayout.View(node, OnnxLayout.Arrange(node, x, order).Layer, new Shape(inputs, steps, columns));
        var layers = new Layer[directions];
        for (int d = 0; d < directions; d++)
        {
            var recurrent = create(inputs, units, direction == "reverse" || d == 1);
            BindPart(node, recurrent.Weight, 1, recurrent.Weight.Length, d);
            BindPart(node, recurrent.RecurrentWeight, 2, recurrent.RecurrentWeight.Length, d);
            if (node.Has(3)) BindPart(node, recurrent.Bias, 3, recurrent.Bias.Length, d);
            bindMore(recurrent, d);
            layers[d] = node.Main(recurrent, layer);
        }
        return Outputs(node, x, layers, (steps, columns, units), batchFirst, direction);
    }

    private static void BindPart(OnnxNode node, NetworkParameter parameter, int input, int length, int direction)
    {
        var constant = node.Constant(input);
        if (!constant.IsFloat || (long)length * (direction + 1) > constant.Length)
            throw new OnnxFormatException($"takes initialiser {constant}, which is too short");
        node.Bind(parameter, values => constant.Floats().AsSpan(direction * length, length).CopyTo(values));
    }

    private static void CheckLengthsAndState(OnnxNode node, int steps)
    {
        if (node.Has(4) && (node.Constant(4).Length > node.MaxDimension || node.Constant(4).Integers().Any(length => length != steps)))
            throw new OnnxFormatException("has sequences of different lengths");
        for (int input = 5; input <= 6; input++)
            if (node.Has(input) && node.Constant(input) is var start
                && (start.Length > node.MaxDimension || start.Floats().Any(v => v != 0)))
                throw new OnnxFormatException("starts from a state other than zero");
    }

    /// <summary>
    /// All states and the last one: ONNX's Y [steps, directions, batch, units] and Y_h [directions, batch, units], or both with the batch
    /// first.
    /// </summary>
    private static OnnxValue[] Outputs(OnnxNode node, OnnxValue x, Layer[] layers, (int Steps, int Columns, int Units) size,
        bool batchFirst, string direction)
    {
        var (steps, columns, units) = size;
        int directions = layers.Length, batch = x.Dimensions[batchFirst ? 0 : 1];
        bool hasBatch = x.BatchAxis >= 0;
        var all = directions == 1 ? layers[0] : node.Helper(new Concat(), layers);
        // In memory: steps, examples, directions, units.
        var y = batchFirst
            ? new OnnxValue(all, [batch, steps, directions, units], hasBatch ? [1, 2, 3] : [1, 0, 2, 3], hasBatch ? 0 : -1)
            : new OnnxValue(all, [steps, directions, batch, units], hasBatch ? [0, 1, 3] : [0, 2, 1, 3], hasBatch ? 2 : -1);
        if (!node.Wants(1))
            return node.Wants(2) ? throw new OnnxFormatException("outputs its cell state, which is not supported") : [y];
        if (node.Wants(2)) throw new OnnxFormatException("outputs its cell state, which is not supported");
        Layer[] ends = [.. layers.Select((layer, d) =>
            node.Helper(new Crop(direction == "reverse" || d == 1 ? 0 : steps - 1, 0, 1, columns), layer))];
        var last = directions == 1 ? ends[0] : node.Helper(new Concat(), ends);
        return [y, batchFirst
            ? new OnnxValue(last, [batch, directions, units], hasBatch ? [1, 2] : [0, 1, 2], hasBatch ? 0 : -1)
            : new OnnxValue(last, [directions, batch, units], hasBatch ? [0, 2] : [1, 0, 2], hasBatch ? 1 : -1)];
    }
}
