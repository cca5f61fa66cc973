using System.Collections.Concurrent;
using Fer.Pipeline.Detection;

namespace Fer.Commands;

/// <summary>Detectors that several threads share, each for one picture at a time; made as they are needed.</summary>
/// <param name="create">Makes one; null where pictures are faces already and nothing is looked for.</param>
internal sealed class FaceFinders(Func<FaceFinder>? create) : IDisposable
{
    private readonly ConcurrentBag<FaceFinder> _free = [];
    private Task<FaceFinder>? _first;

    /// <summary>Makes the first one in the background, while the caller reads the model.</summary>
    internal void Prepare() => _first = create is null ? null : Task.Run(create);

    /// <summary>A detector that nobody else uses, or null where nothing is looked for.</summary>
    internal FaceFinder? Rent()
    {
        if (_free.TryTake(out var finder)) return finder;
        return Interlocked.Exchange(ref _first, null) is { } first ? first.GetAwaiter().GetResult() : create?.Invoke();
    }

    /// <summary>Gives one back for the next picture.</summary>
    internal void Return(FaceFinder finder) => _free.Add(finder);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _first, null) is { } unused)
        {
            ((Task)unused).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            if (unused.IsCompletedSuccessfully) unused.Result.Dispose();
        }
        foreach (var finder in _free) finder.Dispose();
    }
}
