using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>What an ONNX file requires.</summary>
/// <param name="Producer">The program that wrote it.</param>
/// <param name="OperatorSet">Version of the default operator set.</param>
/// <param name="Operators">Each operator with its number of nodes, most frequent first.</param>
/// <param name="Missing">The nodes whose operator is not supported.</param>
internal sealed record OnnxSummary(string Producer, long OperatorSet, IReadOnlyList<(string Operator, int Nodes)> Operators,
    IReadOnlyList<(string Operator, string Node)> Missing)
{
    internal static OnnxSummary Of(ModelProto model) => new(
        $"{model.ProducerName} {model.ProducerVersion}".Trim(),
        model.OpsetImport.First(set => OnnxOperators.IsDefaultDomain(set.Domain)).Version,
        [.. model.Graph.Node.GroupBy(NameOf).Select(g => (g.Key, Nodes: g.Count())).OrderByDescending(g => g.Nodes).ThenBy(
            g => g.Key, StringComparer.Ordinal)],
        [.. model.Graph.Node.Where(n => !OnnxOperators.IsKnown(n)).Select(
            n => (NameOf(n), OnnxText.Quote(n.Name.Length > 0 ? n.Name : n.Output.FirstOrDefault() ?? "")))]);

    private static string NameOf(NodeProto node) =>
        OnnxText.Quote(OnnxOperators.IsDefaultDomain(node.Domain) ? node.OpType : $"{node.Domain}.{node.OpType}").Trim('\'');
}
