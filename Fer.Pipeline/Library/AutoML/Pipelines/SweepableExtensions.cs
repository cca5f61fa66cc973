using Fer.Pipeline.AutoML;

namespace Microsoft.ML;

/// <summary>Appends estimators with options to those without, and the other way round.</summary>
public static class SweepableExtensions
{
    /// <summary>A pipeline of an estimator and one of several with options.</summary>
    public static SweepablePipeline Append(this IEstimator<ITransformer> estimator, params SweepableEstimator[] estimators) =>
        new SweepablePipeline().Append(estimator).Append(estimators);

    /// <summary>A pipeline of an estimator with options and one of several.</summary>
    public static SweepablePipeline Append(this SweepableEstimator estimator, params SweepableEstimator[] estimators) =>
        new SweepablePipeline().Append(estimator).Append(estimators);

    /// <summary>A pipeline of an estimator with options and one without.</summary>
    public static SweepablePipeline Append(this SweepableEstimator estimator, IEstimator<ITransformer> next) =>
        new SweepablePipeline().Append(estimator).Append(next);
}
