namespace Fer.Pipeline.AutoML;

/// <summary>
/// Asynchronous successive halving (ASHA; Li et al., arXiv 1810.05934): many settings get a few epochs, the best third of them three times
/// as many, and so on to full trials. A setting goes up as soon as it is in the best third of its rung, so that a sweep of any length has
/// something on every rung. The space's default goes up with the first that does, so that there is always something known to measure a
/// winner against.
/// </summary>
public sealed class SuccessiveHalvingTuner : ITuner
{
    private readonly SettingSampler _sampler;
    private readonly Parameter _default;
    private readonly int _eta;
    private readonly Rung[] _rungs;
    private int _current, _id = -1;

    /// <summary>Creates the tuner.</summary>
    /// <param name="space">Where to search.</param>
    /// <param name="seed">Seed of the proposals.</param>
    /// <param name="rungs">Lengths of trials; 1 is random search.</param>
    /// <param name="eta">How many times as long a rung's trials are as the ones below, and which part of those goes up.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no rungs, or eta is below 2.</exception>
    public SuccessiveHalvingTuner(SearchSpace space, long seed, int rungs = 3, int eta = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rungs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(eta, 2);
        _sampler = new SettingSampler(space, seed);
        _default = space.Default;
        _eta = eta;
        _rungs = [.. Enumerable.Range(0, rungs).Select(_ => new Rung())];
    }

    /// <inheritdoc/>
    public double Fidelity => Math.Pow(_eta, _current + 1 - _rungs.Length);

    /// <inheritdoc/>
    public Parameter Propose(TrialSettings settings)
    {
        _id = settings.TrialId;
        // From the top: the longest trials come first.
        for (int r = _rungs.Length - 2; r >= 0; r--)
        {
            if (Promotable(_rungs[r]) is not { } winner) continue;
            _rungs[r].Promoted.Add(winner);
            _current = r + 1;
            return winner;
        }
        _current = 0;
        return _sampler.Next();
    }

    /// <inheritdoc/>
    public void Update(TrialResult result)
    {
        if (result.TrialSettings.TrialId == _id)
            _rungs[_current].Results.Add((result.TrialSettings.Parameter, result.Loss, result.LogLoss));
    }

    private Parameter? Promotable(Rung rung)
    {
        int places = rung.Results.Count / _eta;
        if (places == 0) return null;
        if (rung.Results.Any(r => r.Setting.Equals(_default)) && !rung.Promoted.Contains(_default)) return _default;
        // One trial runs at a time, so there is no need to let more up than the third; the default comes on top.
        if (rung.Promoted.Count(s => !s.Equals(_default)) >= places) return null;
        return rung.Results.OrderBy(r => r.Loss).ThenBy(r => r.LogLoss).Take(places).Select(r => r.Setting)
            .FirstOrDefault(s => !rung.Promoted.Contains(s));
    }

    private sealed class Rung
    {
        internal List<(Parameter Setting, double Loss, double LogLoss)> Results { get; } = [];
        internal HashSet<Parameter> Promoted { get; } = [];
    }
}
