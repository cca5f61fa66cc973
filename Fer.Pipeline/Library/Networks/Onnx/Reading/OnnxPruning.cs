using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Takes off a graph what is no part of a network: beside the probabilities, exporters of classifiers give the chosen label as an integer,
/// a text or a map of names, computed by operators that no network needs.
/// </summary>
internal static class OnnxPruning
{
    /// <summary>
    /// Drops outputs that are not floating-point numbers, where others are, and the nodes that only they need. Changes nothing otherwise.
    /// </summary>
    internal static void DropLabels(GraphProto graph)
    {
        var labels = graph.Output.Where(output => !IsFloat(output)).ToHashSet();
        if (labels.Count == 0 || labels.Count == graph.Output.Count) return;
        foreach (var label in labels) graph.Output.Remove(label);
        var needed = graph.Output.Select(output => output.Name).ToHashSet();
        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            if (graph.Node[i].Output.Any(needed.Contains)) needed.UnionWith(graph.Node[i].Input);
            else graph.Node.RemoveAt(i);
        }
    }

    /// <summary>True for a tensor of floats, and where the file does not say.</summary>
    private static bool IsFloat(ValueInfoProto output) => output.Type is null
        || output.Type.TensorType is { } tensor && (tensor.ElemType == 0 || OnnxTensors.IsFloat(tensor.ElemType));
}
