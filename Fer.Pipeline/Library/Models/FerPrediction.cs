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
        int best = 0;
        for (int i = 0; i < classNames.Count; i++)
        {
            byName.Add(classNames[i], probabilities[i]);
            if (probabilities[i] > probabilities[best]) best = i;
        }
        return new FerPrediction(classNames[best], probabilities[best], byName);
    }
}
