using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>What a network said about the faces of a set.</summary>
/// <param name="Logits">[count, classes]: the network's output, face by face.</param>
/// <param name="Count">Faces.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Seconds">Time that it took, loading included.</param>
public sealed record ModelScores(float[] Logits, int Count, int Classes, double Seconds)
{
    /// <summary>Faces a second.</summary>
    public double ImagesPerSecond => Count / Seconds;

    /// <summary>The [classes] logits of one face.</summary>
    public ReadOnlySpan<float> Row(int face) => Logits.AsSpan(face * Classes, Classes);

    /// <summary>The class with the greatest logit, the first of equals; a logit that is not a number never wins.</summary>
    public int Predicted(int face) => ArgMax(Row(face));

    /// <summary>Share of the faces whose class is predicted, 0 … 1.</summary>
    public double Accuracy(FaceSet faces)
    {
        int right = 0;
        for (int i = 0; i < Count; i++)
            if (Predicted(i) == faces.Label(i)) right++;
        return (double)right / Count;
    }

    /// <summary>Mean cross-entropy against the faces' targets, in nats, where the network's output is logits.</summary>
    public double Loss(FaceSet faces)
    {
        var target = new float[Classes];
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            faces.CopyTarget(i, target);
            sum += SoftmaxCrossEntropy.Loss(Row(i), target, 1, Classes, 0, []);
        }
        return sum / Count;
    }

    internal static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int c = 1; c < values.Length; c++)
            if (values[c] > values[best] || float.IsNaN(values[best])) best = c;
        return best;
    }
}
