namespace Fer.Pipeline.AutoML;

/// <summary>
/// Runs single trials within their time and memory. One that does not stop when it is told to is left behind: it may go on, but nobody
/// listens.
/// </summary>
/// <param name="runner">What runs them.</param>
/// <param name="time">The clock.</param>
/// <param name="megabytes">The most memory of the program; null is no limit.</param>
internal sealed class TrialGuard(ITrialRunner runner, TimeProvider time, double? megabytes)
{
    /// <summary>Time that a trial cancelled by the user gets to hand back what it has.</summary>
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(10);

    /// <summary>Least time that a trial past its limit gets to hand back what it has: a batch and a validation on a busy machine.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at the memory.</summary>
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromSeconds(0.3);

    private const double Megabyte = 1 << 20;

    private readonly double _before = Environment.WorkingSet / Megabyte;

    /// <summary>Runs a trial.</summary>
    /// <param name="settings">The trial.</param>
    /// <param name="grace">Time past its limit after which it is cancelled.</param>
    /// <param name="skip">The user's wish to go on with the next.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <exception cref="FerException">It would take, or took, too much memory.</exception>
    /// <exception cref="TimeoutException">It came to nothing within its time, or did not stop.</exception>
    internal async Task<TrialResult> RunAsync(
        TrialSettings settings, TimeSpan grace, CancellationToken skip, CancellationToken cancellationToken)
    {
        CheckEstimate(settings);
        bool limited = settings.TimeLimit != Timeout.InfiniteTimeSpan;
        using var overrun = limited ? new CancellationTokenSource(settings.TimeLimit + grace, time) : new CancellationTokenSource();
        using var overfull = new CancellationTokenSource();
        double used = 0;
        using var memory = megabytes is null ? null : time.CreateTimer(_ => Look(), null, MemoryInterval, MemoryInterval);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overrun.Token, overfull.Token, skip);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = all.Token.Register(() => stopped.TrySetResult());
        // On a thread of its own, so that a runner that blocks can be left behind.
        var trial = Task.Run(() => runner.RunAsync(settings, all.Token), CancellationToken.None);
        await Task.WhenAny(trial, stopped.Task).ConfigureAwait(false);
        bool stops = trial.IsCompleted;
        if (!stops)
        {
            // Overdue trials get little more; a user who cancels wants the result of the hours before.
            var patience = !overrun.IsCancellationRequested ? CancelGrace : grace > LeastGrace ? grace : LeastGrace;
            using var done = new CancellationTokenSource();
            await Task.WhenAny(trial, Task.Delay(patience, time, done.Token)).ConfigureAwait(false);
            done.Cancel();
            stops = trial.IsCompleted;
            if (!stops)
            {
                _ = trial.ContinueWith(t => t.Exception, TaskScheduler.Default);
                string late = $"{patience.TotalSeconds:0.#} s after its time";
                if (!overfull.IsCancellationRequested) throw new TimeoutException($"The trial did not stop when it was told to, {late}.");
            }
        }
        if (overfull.IsCancellationRequested)
        {
            if (stops) _ = trial.Exception;
            throw new FerException(FormattableString.Invariant(
                $"The program took {used:F0} MB in the trial, which is more than the limit of {megabytes:F0} MB."));
        }
        try
        {
            return await trial.ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
            when (overrun.IsCancellationRequested && !skip.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Nobody cancelled it: to the user it is a failure with a reason.
            throw new TimeoutException(FormattableString.Invariant($"It ran out of its {settings.TimeLimit.TotalSeconds:0.#} seconds."), e);
        }

        void Look()
        {
            double now = Environment.WorkingSet / Megabyte;
            if (now <= megabytes || overfull.IsCancellationRequested) return;
            used = now;
            overfull.Cancel();
        }
    }

    private void CheckEstimate(TrialSettings settings)
    {
        if (megabytes is not { } most) return;
        double trial = runner.EstimateMemory(settings) / Megabyte;
        if (trial + _before > most)
            throw new FerException(FormattableString.Invariant(
                $"The trial would take about {trial:F0} MB on top of {_before:F0} MB, which is more than the limit of {most:F0} MB."));
    }
}
