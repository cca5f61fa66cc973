namespace Fer.Pipeline.AutoML;

/// <summary>Draws settings from a space: its default first, then random ones that were not drawn before.</summary>
internal sealed class SettingSampler(SearchSpace space, long seed)
{
    // A small space of choices may have no new setting left.
    private const int Attempts = 100;

    private readonly HashSet<Parameter> _drawn = [];
    private int _count;

    internal Parameter Next()
    {
        var random = new RandomStream(seed, 0x7475, _count++);
        if (_drawn.Add(space.Default)) return space.Default;
        var place = new double[space.FeatureSpaceDim];
        var setting = space.Default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (ref double unit in place.AsSpan()) unit = random.NextDouble();
            setting = space.SampleFromFeatureSpace(place);
            if (_drawn.Add(setting)) break;
        }
        return setting;
    }
}
