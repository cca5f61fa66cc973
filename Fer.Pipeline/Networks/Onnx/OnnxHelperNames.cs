namespace Fer.Pipeline.Networks.Onnx;

/// <summary>
/// Names of the ONNX nodes that stand beside a layer and are no layer themselves. Writer and reader share them, so that a helper comes back
/// as no layer while a user's own flatten of the same shape does.
/// </summary>
internal static class OnnxHelperNames
{
    private const string FlattenSuffix = "/flatten", UnsqueezeSuffix = "/unsqueeze", DifferenceSuffix = "/difference";

    internal static string Flatten(string layer) => layer + FlattenSuffix;

    internal static string Unsqueeze(string layer) => layer + UnsqueezeSuffix;

    internal static string Difference(string layer) => layer + DifferenceSuffix;

    internal static bool IsHelper(string node) =>
        IsFlatten(node) || node.EndsWith(UnsqueezeSuffix, StringComparison.Ordinal) || node.EndsWith(DifferenceSuffix, StringComparison.Ordinal);

    internal static bool IsFlatten(string name) => name.EndsWith(FlattenSuffix, StringComparison.Ordinal);
}
