using System.Globalization;

namespace Fer.Pipeline.Models;

/// <summary>What a model says about one face.</summary>
/// <param name="Label">Name of the most probable class; of equals, the first.</param>
/// <param name="Confidence">Its probability, 0..1.</param>
/// <param name="Probabilities">Every class by name, in the model's order; they sum to 1.</param>
public sealed record FerPrediction(string Label, float Confidence, IReadOnlyDictionary<string, float> Probabilities)
{
    internal static FerPrediction From(IReadOnlyList<string> classNames, ReadOnlySpan<float> probabilities)
    {
        var byName = new OrderedDictionary<string, float>(classNames.Count, StringComparer.Ordinal);
        for (int i = 0; i < classNames.Count; i++) byName.Add(classNames[i], probabilities[i]);
        int best = Best(probabilities);
        return new FerPrediction(classNames[best], probabilities[best], byName);
    }

    /// <summary>The most probable class; of equals, the first.</summary>
    internal static int Best(ReadOnlySpan<float> probabilities)
    {
        int best = 0;
        for (int i = 1; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        return best;
    }

    /// <summary>For instance <c>happy 93.1 % (angry 1.0 %, happy 93.1 %, neutral 5.9 %)</c>.</summary>
    public override string ToString() =>
        $"{Label} {Percent(Confidence)} ({string.Join(", ", Probabilities.Select(p => $"{p.Key} {Percent(p.Value)}"))})";

    private static string Percent(float share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
