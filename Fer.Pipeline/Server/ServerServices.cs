using Fer.Pipeline;
using Fer.Pipeline.Models;

namespace Fer.Server;

/// <summary>What the endpoints share.</summary>
internal sealed class ServerServices : IAsyncDisposable
{
    internal ServerServices(
        FerModel model, IFaceFinder? finder, ServeOptions options, RequestGuard guard, ServerLog log, TimeProvider time,
        CancellationToken stopping)
    {
        (Options, Guard, Log, Time, Stopping) = (options, guard, log, time, stopping);
        Limiter = new RequestLimiter(options.MaxRequests, options.MaxRequestsPerClient);
        Budget = new ByteBudget(options.MaxBodyBytesInAll);
        Models = new ModelShelf(model, options, Metrics, log, time);
        Analyzer = new PictureAnalyzer(finder, options, Metrics, time, () =>
        {
            Models.ReleaseBatches();
            UnusedMemory.GiveBack();
        });
    }

    internal ServeOptions Options { get; }
    internal RequestGuard Guard { get; }
    internal ServerLog Log { get; }
    internal TimeProvider Time { get; }
    /// <summary>Cancelled when the server begins to stop.</summary>
    internal CancellationToken Stopping { get; }
    internal ServerMetrics Metrics { get; } = new();
    internal RequestLimiter Limiter { get; }
    internal ByteBudget Budget { get; }
    internal ModelShelf Models { get; }
    internal PictureAnalyzer Analyzer { get; }

    public async ValueTask DisposeAsync()
    {
        // First, as it may be giving back the models' buffers.
        Analyzer.Dispose();
        await Models.DisposeAsync().ConfigureAwait(false);
        Analyzer.Finder?.Dispose();
    }
}
