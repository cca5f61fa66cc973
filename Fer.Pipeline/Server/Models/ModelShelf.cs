using Fer.Pipeline;
using Fer.Pipeline.Models;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>
/// The models that requests may name. The first is always in memory; others are loaded when they are asked for, stay while they are used
/// and make room for others when they are not. Which there are is looked up anew each time, so a run that ends while the server runs is
/// there at once, and a file that was written again is loaded again.
/// </summary>
internal sealed class ModelShelf : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly ServerLog _log;
    private readonly TimeProvider _time;
    private readonly Func<string, FerModel> _load;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<Place> _others = [];
    private readonly Place _first;
    private long _turn;

    internal ModelShelf(FerModel first, ServeOptions options, ServerMetrics metrics, ServerLog log, TimeProvider time,
        Func<string, FerModel>? load = null)
    {
        (_options, _metrics, _log, _time) = (options, metrics, log, time);
        _load = load ?? (path => FerModel.Load(path, options.Threads));
        _first = new Place(new ServedModel(options.ModelName, first, ownsModel: false, options, metrics, time), "", default);
    }

    /// <summary>The model that answers where none is named.</summary>
    internal ServedModel First => _first.Model;

    /// <summary>What may be named, the first model first.</summary>
    internal IReadOnlyList<string> Names => [First.Name, .. Others().Select(other => other.Name)];

    /// <summary>Takes a model for a while; disposing the result gives it back.</summary>
    /// <param name="name">Its name; null for the first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RequestProblem">There is none of this name (404), it cannot be read (422), or too many are
    /// in use (503).</exception>
    internal async Task<Lease> TakeAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null || name == First.Name) return new Lease(_first);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (_, path) = Others().FirstOrDefault(other => other.Name == name);
            if (path is null) throw Unknown(name);
            var written = File.GetLastWriteTimeUtc(path);
            var place = _others.Find(other => other.Path == path && other.Written == written);
            if (place is null)
            {
                await MakeRoomAsync(path).ConfigureAwait(false);
                // Loading reads and checks the whole file; other requests go on meanwhile.
                var model = await Task.Run(() => Load(name, path), CancellationToken.None).ConfigureAwait(false);
                place = new Place(new ServedModel(name, model, ownsModel: true, _options, _metrics, _time), path, written);
                _others.Add(place);
            }
            place.Turn = ++_turn;
            return new Lease(place);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Frees buffers for many faces at once, until they are needed again; of models that are just being loaded later.</summary>
    internal void ReleaseBatches()
    {
        First.ReleaseBatches();
        if (!_gate.Wait(0)) return;
        try
        {
            foreach (var place in _others) place.Model.ReleaseBatches();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _first.Model.DisposeAsync().ConfigureAwait(false);
        foreach (var place in _others) await place.Model.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private IReadOnlyList<(string Name, string Path)> Others()
    {
        try
        {
            return _options.OtherModels?.Invoke() ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.Failure("models", e);
            return [];
        }
    }

    /// <summary>Lets the model go that was used longest ago, and an older state of the file that is asked for.</summary>
    private async Task MakeRoomAsync(string path)
    {
        foreach (var old in _others.Where(other => other.Path == path && other.Users == 0).ToArray())
            await DropAsync(old).ConfigureAwait(false);
        if (_others.Count < _options.MaxOtherModels) return;
        var idle = _others.Where(other => other.Users == 0).MinBy(other => other.Turn) ?? throw RequestProblem.Overloaded(
            $"{_options.MaxOtherModels} other models are in use, as many as the server holds. Try again, or take one of those.");
        await DropAsync(idle).ConfigureAwait(false);
    }

    private async Task DropAsync(Place place)
    {
        _others.Remove(place);
        await place.Model.DisposeAsync().ConfigureAwait(false);
    }

    private FerModel Load(string name, string path)
    {
        try
        {
            return _load(path);
        }
        catch (FerException e)
        {
            // The message names files of this machine; that is for the log.
            _log.Write($"The model '{name}' cannot be read. {e.Message}");
            throw RequestProblem.Unprocessable($"The model '{SentText.Short(name)}' cannot be read; the server's log says why.");
        }
    }

    private RequestProblem Unknown(string name) => new(StatusCodes.Status404NotFound,
        $"There is no model '{SentText.Short(name)}' here.{NearestName.Hint(name, [.. Names])} {Routes.Models} lists them.");

    /// <summary>A model in use; it stays in memory until this is disposed.</summary>
    internal sealed class Lease : IDisposable
    {
        private Place? _place;

        internal Lease(Place place)
        {
            _place = place;
            Model = place.Model;
            place.Enter();
        }

        internal ServedModel Model { get; }

        public void Dispose() => Interlocked.Exchange(ref _place, null)?.Leave();
    }

    /// <summary>A model in memory.</summary>
    internal sealed class Place(ServedModel model, string path, DateTime written)
    {
        private int _users;

        internal ServedModel Model => model;

        internal string Path => path;

        internal DateTime Written => written;

        /// <summary>When it was taken last, by counting.</summary>
        internal long Turn { get; set; }

        internal int Users => Volatile.Read(ref _users);

        internal void Enter() => Interlocked.Increment(ref _users);

        internal void Leave() => Interlocked.Decrement(ref _users);
    }
}
