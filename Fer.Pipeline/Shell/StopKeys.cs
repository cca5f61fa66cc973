using System.Runtime.InteropServices;

namespace Fer.Shell;

/// <summary>
/// Ctrl+C and the system's request to terminate: the first asks the command to save and stop. In a command that can pause, the second asks
/// it to finish with what it has. One more ends the program at once.
/// </summary>
internal sealed class StopKeys : IDisposable
{
    private readonly CancellationTokenSource _stop = new(), _insist = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal StopKeys(TextWriter error)
    {
        Say = error.WriteLine;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // Left uncancelled, the signal has its default effect: the process ends.
                if (!_stop.IsCancellationRequested)
                {
                    context.Cancel = true;
                    Say(CanPause
                        ? "Pausing; all is kept. Once more finishes with the best so far."
                        : "Stopping; what was begun is brought to a good end. Once more ends at once.");
                    _stop.Cancel();
                }
                else if (CanPause && !_insist.IsCancellationRequested)
                {
                    context.Cancel = true;
                    Say("Finishing with the best so far. Once more ends at once.");
                    _insist.Cancel();
                }
            }));
        }
    }

    /// <summary>Tells the user what a signal does.</summary>
    internal Action<string> Say { get; set; }

    /// <summary>True while a command runs that can pause.</summary>
    internal bool CanPause { get; set; }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _stop.Token;

    /// <summary>Cancelled by the second signal to a command that can pause.</summary>
    internal CancellationToken Insists => _insist.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _insist.Dispose();
    }
}
