namespace Fer.Server;

/// <summary>
/// Bytes that all requests together may hold. They are taken as the bodies arrive, so that many clients that announce large bodies and send
/// little take little.
/// </summary>
internal sealed class ByteBudget(long most)
{
    private long _taken;

    /// <summary>Bytes held now.</summary>
    internal long Taken => Interlocked.Read(ref _taken);

    /// <exception cref="RequestProblem">Others hold too much (503).</exception>
    internal void Take(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= most) return;
        Return(bytes);
        throw RequestProblem.Overloaded("The server holds as many pictures as it has memory for. Try again.");
    }

    internal void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
