using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>What <c>ml.Auto()</c> offers, as ML.NET's catalog of that name does.</summary>
public sealed class AutoCatalog
{
    private readonly MLContext _context;

    internal AutoCatalog(MLContext context) => _context = context;

    /// <summary>Creates an experiment.</summary>
    /// <param name="timeProvider">The clock of its limits; null is the system's.</param>
    public AutoMLExperiment CreateExperiment(TimeProvider? timeProvider = null) => new(_context, timeProvider ?? TimeProvider.System);

    /// <summary>An estimator whose options are searched.</summary>
    /// <param name="factory">Makes it with the options of a trial, in a context seeded for that trial.</param>
    /// <param name="ss">The options; null is all of <typeparamref name="T"/> that carry an attribute.</param>
    /// <typeparam name="T">The class of options.</typeparam>
    /// <exception cref="ArgumentException">The options cannot be searched; see <see cref="SearchSpace{T}"/>.</exception>
    public SweepableEstimator CreateSweepableEstimator<T>(Func<MLContext, T, IEstimator<ITransformer>> factory, SearchSpace<T>? ss = null)
        where T : class, new()
    {
        var space = ss ?? new SearchSpace<T>();
        return new SweepableEstimator((context, parameter) => factory(context, space.AsType(parameter)), space);
    }
}
