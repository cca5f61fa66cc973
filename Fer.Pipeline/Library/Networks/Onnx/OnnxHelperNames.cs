namespace Fer.Pipeline.Networks;

/// <summary>
/// Names of the ONNX nodes that stand beside a layer and are no layer themselves. Writer and reader share them, so that a helper comes back
/// as no layer while a user's own flatten of the same shape does.
/// </summary>
internal static class OnnxHelperNames
{
    /// <summary>Behind the layer's name in the name of the initialiser that a constant layer becomes.</summary>
    internal const string ConstantSuffix = ".value";

    private const string FlattenSuffix = "/flatten";

    internal static string Flatten(string layer) => layer + FlattenSuffix;

    internal static string Unsqueeze(string layer) => layer + "/unsqueeze";

    internal static string Difference(string layer) => layer + "/difference";

    internal static bool IsFlatten(string name) => name.EndsWith(FlattenSuffix, StringComparison.Ordinal);
}
