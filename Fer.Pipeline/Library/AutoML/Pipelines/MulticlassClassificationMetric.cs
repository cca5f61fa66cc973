using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>What a sweep over pipelines chooses by: a property of ML.NET's <see cref="MulticlassClassificationMetrics"/>.</summary>
public enum MulticlassClassificationMetric
{
    /// <summary><see cref="MulticlassClassificationMetrics.MicroAccuracy"/>.</summary>
    MicroAccuracy,
    /// <summary><see cref="MulticlassClassificationMetrics.MacroAccuracy"/>.</summary>
    MacroAccuracy,
    /// <summary><see cref="MulticlassClassificationMetrics.LogLoss"/>, the lower the better.</summary>
    LogLoss,
    /// <summary><see cref="MulticlassClassificationMetrics.LogLossReduction"/>.</summary>
    LogLossReduction,
}

/// <summary>Measures a metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="LabelColumn">The key column of the classes.</param>
/// <param name="PredictedColumn">The key column that was predicted.</param>
internal sealed record MulticlassMetric(MulticlassClassificationMetric Metric, string LabelColumn, string PredictedColumn)
{
    /// <summary>The metric, what is to be minimised for it, and the log-loss.</summary>
    internal (double Metric, double Loss, double LogLoss) Evaluate(MLContext context, IDataView predictions)
    {
        var metrics = context.MulticlassClassification.Evaluate(predictions, LabelColumn, predictedLabelColumnName: PredictedColumn);
        double value = Metric switch
        {
            MulticlassClassificationMetric.MicroAccuracy => metrics.MicroAccuracy,
            MulticlassClassificationMetric.MacroAccuracy => metrics.MacroAccuracy,
            MulticlassClassificationMetric.LogLoss => metrics.LogLoss,
            MulticlassClassificationMetric.LogLossReduction => metrics.LogLossReduction,
            _ => throw new ArgumentOutOfRangeException(nameof(Metric), Metric, null),
        };
        return (value, Metric == MulticlassClassificationMetric.LogLoss ? value : -value, metrics.LogLoss);
    }
}
