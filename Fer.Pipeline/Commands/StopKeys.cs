using System.Runtime.InteropServices;

namespace Fer.Pipeline.Commands;

/// <summary>Ctrl+C and the system's wish to end: the first asks the command to save and stop, the second ends at once.</summary>
internal sealed class StopKeys : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal StopKeys(TextWriter error)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // Left uncancelled, the second signal has its default effect: the process ends.
                if (_stop.IsCancellationRequested) return;
                context.Cancel = true;
                error.WriteLine("Stopping; what was begun is brought to a good end. Once more ends at once.");
                _stop.Cancel();
            }));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }
}
