namespace Fer.Pipeline.AutoML;

/// <summary>
/// Asynchronous successive halving (ASHA; Li et al., arXiv 1810.05934): many settings train for a few epochs, the best third of them three
/// times as long, and so on up to full trials. A setting is promoted as soon as it is in the best third of its rung, so that every rung has
/// results however short the sweep. The space's default is promoted with the first setting that is, as a baseline for the winner.
/// </summary>
public sealed class SuccessiveHalvingTuner : ITuner
{
    private readonly SettingSampler _sampler;
    private readonly Parameter _default;
    private readonly int _eta;
    private readonly Rung[] _rungs;
    private int _current, _id = -1;

    /// <summary>Creates the tuner.</summary>
    /// <param name="space">The search space.</param>
    /// <param name="seed">Seed of the proposals.</param>
    /// <param name="rungs">Number of trial lengths; 1 is random search.</param>
    /// <param name="eta">Reduction factor: a rung's trials are that many times as long as those of the rung below, of which one in that
    /// many is promoted.</param>
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
        // From the top rung down, so that the most advanced settings finish first.
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
        // One trial runs at a time, so no more than the best third needs to be promoted; the default is promoted in addition.
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
