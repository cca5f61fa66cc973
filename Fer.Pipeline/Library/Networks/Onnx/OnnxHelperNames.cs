namespace Fer.Pipeline.Networks;

/// <summary>
/// Names of ONNX nodes that belong to a layer but are not layers themselves. Writer and reader share them, so that a helper is not read
/// back as a layer, while a user's own flatten of the same shape is.
/// </summary>
internal static class OnnxHelperNames
{
    /// <summary>Suffix of the layer's name in the name of the initialiser that a constant layer becomes.</summary>
    internal const string ConstantSuffix = ".value";

    private const string FlattenSuffix = "/flatten";

    internal static string Flatten(string layer) => layer + FlattenSuffix;

    internal static string Unsqueeze(string layer) => layer + "/unsqueeze";

    internal static string Difference(string layer) => layer + "/difference";

    internal static bool IsFlatten(string name) => name.EndsWith(FlattenSuffix, StringComparison.Ordinal);
}
