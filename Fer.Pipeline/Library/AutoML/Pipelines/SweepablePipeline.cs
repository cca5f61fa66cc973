using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Estimators in a row, of which a stage may be one of several. The options of stage n are called <c>e</c>n<c>.Name</c>; where a stage is
/// one of several, <c>e</c>n says which by its number, and its options are called <c>e</c>n<c>.</c>number<c>.Name</c>.
/// </summary>
public sealed class SweepablePipeline
{
    private readonly IReadOnlyList<IReadOnlyList<SweepableEstimator>> _stages;

    /// <summary>A pipeline of nothing yet.</summary>
    public SweepablePipeline() : this([]) { }

    private SweepablePipeline(IReadOnlyList<IReadOnlyList<SweepableEstimator>> stages)
    {
        _stages = stages;
        SearchSpace = SearchSpace.Join([.. stages.SelectMany(Options)]);
    }

    /// <summary>The options of all stages.</summary>
    public SearchSpace SearchSpace { get; }

    /// <summary>The pipeline with an estimator without options behind it.</summary>
    public SweepablePipeline Append(IEstimator<ITransformer> estimator) =>
        Append(new SweepableEstimator((_, _) => estimator, SearchSpace.Empty));

    /// <summary>The pipeline with one more stage: one of these estimators.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public SweepablePipeline Append(params SweepableEstimator[] estimators)
    {
        if (estimators.Length == 0) throw new ArgumentException("A stage needs an estimator.", nameof(estimators));
        return new SweepablePipeline([.. _stages, [.. estimators]]);
    }

    /// <summary>The pipeline with a setting.</summary>
    /// <param name="context">The context that the estimators are made in.</param>
    /// <param name="parameter">A setting of <see cref="SearchSpace"/>.</param>
    public EstimatorChain<ITransformer> BuildFromOption(MLContext context, Parameter parameter)
    {
        var chain = new EstimatorChain<ITransformer>();
        for (int i = 0; i < _stages.Count; i++)
        {
            var stage = _stages[i];
            int chosen = stage.Count == 1 ? 0 : (int)parameter[Name(i)];
            chain = chain.Append(stage[chosen].BuildFromOption(context, parameter.Under(Prefix(i, stage.Count, chosen))));
        }
        return chain;
    }

    private static IEnumerable<(string Prefix, SearchSpace Space, OptionCondition? Condition)> Options(
        IReadOnlyList<SweepableEstimator> stage, int index)
    {
        if (stage.Count > 1) yield return ("", SearchSpace.Choice(Name(index), [.. Enumerable.Range(0, stage.Count)]), null);
        for (int i = 0; i < stage.Count; i++)
        {
            var condition = stage.Count == 1 ? null : new OptionCondition(Name(index), [i]);
            yield return (Prefix(index, stage.Count, i), stage[i].SearchSpace, condition);
        }
    }

    private static string Name(int stage) => string.Create(CultureInfo.InvariantCulture, $"e{stage}");

    private static string Prefix(int stage, int count, int chosen) =>
        count == 1 ? Name(stage) + "." : string.Create(CultureInfo.InvariantCulture, $"{Name(stage)}.{chosen}.");
}
