using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>The model that a request asks, and the one beside it where it wants two opinions on the same faces.</summary>
internal sealed class ModelPair : IDisposable
{
    /// <summary>The query's parameters.</summary>
    internal const string Model = "model", Beside = "beside";

    private readonly ModelShelf.Lease _first;
    private readonly ModelShelf.Lease? _second;

    private ModelPair(ModelShelf.Lease first, ModelShelf.Lease? second) => (_first, _second) = (first, second);

    internal ServedModel First => _first.Model;

    internal ServedModel? Second => _second?.Model;

    /// <summary>Takes the models that a query names.</summary>
    /// <exception cref="RequestProblem">As <see cref="ModelShelf.TakeAsync"/>.</exception>
    internal static async Task<ModelPair> TakeAsync(ModelShelf shelf, IQueryCollection query, CancellationToken cancellationToken)
    {
        var first = await shelf.TakeAsync(Name(query, Model), cancellationToken).ConfigureAwait(false);
        try
        {
            return new ModelPair(first,
                Name(query, Beside) is { } beside ? await shelf.TakeAsync(beside, cancellationToken).ConfigureAwait(false) : null);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second?.Dispose();
    }

    private static string? Name(IQueryCollection query, string parameter) => query[parameter] is [{ Length: > 0 } name] ? name : null;
}
