using Fer.Pipeline.AutoML;

namespace Microsoft.ML;

/// <summary>Automated machine learning on an <see cref="MLContext"/>.</summary>
public static class AutoMLContextExtensions
{
    /// <summary>The catalog of automated machine learning.</summary>
    public static AutoCatalog Auto(this MLContext mlContext) => new(mlContext);
}
