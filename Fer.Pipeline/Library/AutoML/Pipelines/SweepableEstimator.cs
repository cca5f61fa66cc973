using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>An estimator that is made anew for each trial, with the trial's options.</summary>
public sealed class SweepableEstimator
{
    private readonly Func<MLContext, Parameter, IEstimator<ITransformer>> _factory;

    /// <summary>Creates it.</summary>
    /// <param name="factory">Makes the estimator with a setting of <paramref name="searchSpace"/>, in a context seeded for the
    /// trial.</param>
    /// <param name="searchSpace">The options.</param>
    public SweepableEstimator(Func<MLContext, Parameter, IEstimator<ITransformer>> factory, SearchSpace searchSpace)
    {
        _factory = factory;
        SearchSpace = searchSpace;
    }

    /// <summary>The options.</summary>
    public SearchSpace SearchSpace { get; }

    /// <summary>The estimator with a setting.</summary>
    public IEstimator<ITransformer> BuildFromOption(MLContext context, Parameter parameter) => _factory(context, parameter);
}
