using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// The soft target of a face from FER+'s votes: the share of the ten taggers that chose each class (the "probabilistic label" of
/// Barsoum et al., arXiv 1608.01041). The rule here:
/// a face is dropped where it has no image name or no vote for an emotion, where "unknown" or "not a face" has more votes than every
/// emotion, and where the emotion with most votes (of equals the first) is none of the scheme's. Votes for unknown, not a face and emotions
/// outside the scheme then do not count, and the others are divided by their sum. The paper's code also drops single votes; here they
/// stay, as ten taggers' doubts are what soft labels are for.
/// </summary>
internal static class FerPlusTarget
{
    /// <summary>
    /// True where FER+'s votes give the labels: only they know contempt. Elsewhere the labels stay FER2013's, so that accuracy means the
    /// same with and without votes, and the soft targets of the Training faces are what their votes say of those labels.
    /// </summary>
    internal static bool AreLabels(LabelScheme scheme) => scheme.IsOfEmotions && scheme.ClassOf(Emotion.Contempt) >= 0;

    /// <summary>Writes the target of one face.</summary>
    /// <param name="votes">[10] votes, emotions in the order of <see cref="Emotion"/>, then unknown and not a face.</param>
    /// <param name="scheme">The classes.</param>
    /// <param name="target">[classes] takes probabilities that sum to 1.</param>
    /// <param name="label">The class of the highest probability, of equals the first.</param>
    /// <returns>False where the face is dropped.</returns>
    internal static bool TryCreate(ReadOnlySpan<float> votes, LabelScheme scheme, Span<float> target, out int label)
    {
        int emotions = EmotionNames.All.Count;
        int most = Most(votes);
        label = -1;
        if (votes[most] <= 0 || votes[emotions] > votes[most] || votes[emotions + 1] > votes[most]) return false;
        if (scheme.ClassOf((Emotion)most) < 0) return false;

        target.Clear();
        float sum = 0;
        for (int e = 0; e < emotions; e++)
        {
            int c = scheme.ClassOf((Emotion)e);
            if (c < 0) continue;
            target[c] += votes[e];
            sum += votes[e];
        }
        label = 0;
        for (int c = 1; c < target.Length; c++)
            if (target[c] > target[label]) label = c;
        foreach (ref float value in target) value /= sum;
        return true;
    }

    /// <summary>The emotion with most votes, of equals the first.</summary>
    internal static int Most(ReadOnlySpan<float> votes)
    {
        int most = 0;
        for (int e = 1; e < EmotionNames.All.Count; e++)
            if (votes[e] > votes[most]) most = e;
        return most;
    }
}
