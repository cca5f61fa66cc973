namespace Fer.Pipeline.AutoML;

/// <summary>Random search (Bergstra and Bengio, 2012): the space's default first, then uniformly drawn settings, none twice.</summary>
public sealed class RandomSearchTuner : ITuner
{
    private readonly SettingSampler _sampler;

    /// <summary>Creates the tuner.</summary>
    public RandomSearchTuner(SearchSpace space, long seed) => _sampler = new SettingSampler(space, seed);

    /// <inheritdoc/>
    public Parameter Propose(TrialSettings settings) => _sampler.Next();

    /// <inheritdoc/>
    public void Update(TrialResult result) { }
}
