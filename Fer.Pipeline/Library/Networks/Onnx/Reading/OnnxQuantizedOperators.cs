using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Networks quantised in ONNX Runtime's operator form (QOperator): each operator takes and gives whole numbers with their scales. Each is
/// written out as what it is defined by: <c>DequantizeLinear</c> of its inputs, the operator itself, <c>QuantizeLinear</c> of its result.
/// </summary>
internal static class OnnxQuantizedOperators
{
    private const string Microsoft = "com.microsoft";

    private static readonly Dictionary<string, (string Domain, Action<Expansion> Write)> Forms = new(StringComparer.Ordinal)
    {
        ["QLinearConv"] = ("", WriteConvolution),
        ["QLinearMatMul"] = ("", e => e.Operator("MatMul", [e.Along(0, -2), e.Along(3, -1)], 6)),
        ["QGemm"] = (Microsoft, WriteGemm),
        ["QLinearAdd"] = (Microsoft, e => e.Operator("Add", [e.Real(0), e.Real(3)], 6)),
        ["QLinearAveragePool"] = (Microsoft, e => e.Operator("AveragePool", [e.Real(0)], 3)),
        ["QLinearConcat"] = (Microsoft, WriteConcat),
        ["QLinearGlobalAveragePool"] = (Microsoft, e => e.Operator("GlobalAveragePool", [e.Real(0)], 3)),
        ["QLinearLeakyRelu"] = (Microsoft, e => e.Operator("LeakyRelu", [e.Real(0)], 3)),
        ["QLinearMul"] = (Microsoft, e => e.Operator("Mul", [e.Real(0), e.Real(3)], 6)),
        ["QLinearSigmoid"] = (Microsoft, e => e.Operator("Sigmoid", [e.Real(0)], 3)),
        ["QLinearSoftmax"] = (Microsoft, e => e.Operator("Softmax", [e.Real(0)], 3)),
    };

    /// <summary>The operators that are written out.</summary>
    internal static IEnumerable<string> Names => Forms.Keys;

    internal static bool IsKnown(NodeProto node) => Forms.TryGetValue(node.OpType, out var form)
        && (form.Domain.Length == 0 ? OnnxOperators.IsDefaultDomain(node.Domain) : node.Domain == form.Domain);

    /// <summary>Writes out all such nodes of a graph; changes nothing where there is none.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="operatorSet">Version of the default operator set.</param>
    /// <param name="mostNodes">How many nodes there may be afterwards.</param>
    /// <exception cref="OnnxFormatException">A node lacks inputs, or there would be more nodes than are read.</exception>
    internal static void Expand(GraphProto graph, long operatorSet, int mostNodes)
    {
        if (!graph.Node.Any(IsKnown)) return;
        var taken = graph.Node.SelectMany(node => node.Input.Concat(node.Output)).Concat(graph.Initializer.Select(i => i.Name)).ToHashSet();
        NodeProto[] nodes = [.. graph.Node];
        graph.Node.Clear();
        foreach (var node in nodes)
        {
            if (!IsKnown(node)) graph.Node.Add(node);
            else if (node.Output.Count != 1)
                throw new OnnxFormatException($"node {OnnxText.Quote(node.Name)} ({node.OpType}) has {node.Output.Count} outputs");
            else Forms[node.OpType].Write(new Expansion(graph, operatorSet, node, taken));
            // Each becomes a few, so a file's own number of nodes is no bound.
            if (graph.Node.Count > mostNodes)
                throw new OnnxFormatException($"has more than {mostNodes} nodes with its quantised operators written out");
        }
    }

    /// <summary>x, w and y with scale and zero point each; the bias is in units of both scales.</summary>
    private static void WriteConvolution(Expansion e)
    {
        List<string> inputs = [e.Real(0), e.Along(3, 0)];
        if (e.Has(8)) inputs.Add(e.Bias(8, e.Product(1, 4)));
        e.Operator("Conv", inputs, 6);
    }

    /// <summary>a and b with scale and zero point each, the bias in units of both scales; y is real where it has no scale.</summary>
    private static void WriteGemm(Expansion e)
    {
        List<string> inputs = [e.Real(0), e.Along(3, e.Flag("transB") ? 0 : 1)];
        if (e.Has(6)) inputs.Add(e.Bias(6, e.Scaled(e.Product(1, 4), "alpha")));
        e.Operator("Gemm", inputs, 7);
    }

    /// <summary>The result's scale and zero point, then each part with its own.</summary>
    private static void WriteConcat(Expansion e)
    {
        if (e.Count < 5 || e.Count % 3 != 2) throw e.Fault($"has {e.Count} inputs, which are no parts with scales");
        e.Operator("Concat", [.. Enumerable.Range(0, (e.Count - 2) / 3).Select(i => e.Real(2 + 3 * i))], 0);
    }

    /// <summary>One node being written out into the graph.</summary>
    private sealed class Expansion(GraphProto graph, long operatorSet, NodeProto node, HashSet<string> taken)
    {
        internal int Count => node.Input.Count;

        internal bool Has(int input) => input < Count && node.Input[input].Length > 0;

        internal bool Flag(string attribute) => node.Attribute.Any(a => a.Name == attribute && a.I != 0);

        internal OnnxFormatException Fault(string what) =>
            new($"node {OnnxText.Quote(node.Name)} ({node.OpType}) {what}");

        /// <summary>The real value of the input whose scale and zero point follow it.</summary>
        internal string Real(int input) => Add("DequantizeLinear", [At(input), At(input + 1), .. Optional(input + 2)]);

        /// <summary>The same, where there may be a scale for each place of an axis.</summary>
        internal string Along(int input, int axis) =>
            Add("DequantizeLinear", [At(input), At(input + 1), .. Optional(input + 2)], OnnxAttributes.Int("axis", axis));

        /// <summary>Two scales, multiplied.</summary>
        internal string Product(int a, int b) => Add("Mul", [At(a), At(b)]);

        /// <summary>A value times a number among the attributes.</summary>
        internal string Scaled(string value, string attribute)
        {
            if (node.Attribute.FirstOrDefault(a => a.Name == attribute) is not { F: not 1 } factor) return value;
            string name = Free();
            graph.Initializer.Add(OnnxTensors.Floats(name, [factor.F], []));
            return Add("Mul", [value, name]);
        }

        internal string Bias(int input, string scale) => Add("DequantizeLinear", [At(input), scale], OnnxAttributes.Int("axis", 0));

        /// <summary>The operator with the node's name and attributes, and its result on the grid of a scale and zero point.</summary>
        internal void Operator(string type, IReadOnlyList<string> inputs, int scale)
        {
            var attributes = node.Attribute.Where(a => a.Name is not ("channels_last" or "opset")).ToList();
            if (Flag("channels_last")) throw Fault("has channels_last, which is not supported");
            // A softmax means something else since operator set 13.
            if (node.Attribute.FirstOrDefault(a => a.Name == "opset") is { I: var own } && own < 13 != operatorSet < 13)
                throw Fault($"is of operator set {own} in a file of operator set {operatorSet}");
            bool isReal = !Has(scale);
            if (isReal && node.OpType != "QGemm") throw Fault($"has {Count} inputs, and no scale of its result");
            string result = isReal ? node.Output[0] : Free();
            var written = new NodeProto { OpType = type, Name = node.Name, Output = { result } };
            written.Input.AddRange(inputs);
            written.Attribute.AddRange(attributes);
            graph.Node.Add(written);
            if (isReal) return;
            var quantize = new NodeProto { OpType = "QuantizeLinear", Output = { node.Output[0] } };
            quantize.Input.Add([result, At(scale), .. Optional(scale + 1)]);
            graph.Node.Add(quantize);
        }

        private string At(int input) => Has(input) ? node.Input[input] : throw Fault($"has {Count} inputs, where more are needed");

        private IEnumerable<string> Optional(int input) => Has(input) ? [node.Input[input]] : [];

        private string Add(string type, IEnumerable<string> inputs, params AttributeProto[] attributes)
        {
            string name = Free();
            var written = new NodeProto { OpType = type, Output = { name } };
            written.Input.Add(inputs);
            written.Attribute.Add(attributes);
            graph.Node.Add(written);
            return name;
        }

        private string Free()
        {
            string name;
            int number = taken.Count;
            do name = $"real_{number++}"; while (!taken.Add(name));
            return name;
        }
    }
}
