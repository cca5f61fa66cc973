namespace Fer.Pipeline.Data;

/// <summary>
/// What FER+'s votes say of the label that a face has elsewhere: naive Bayes over the ten votes, whose evidence counts less than that of
/// ten independent ones, by the one factor at which the labels are likeliest. The votes' own shares would answer another question: on
/// FER2013's Training faces 31 % of the votes for its seven classes are for neutral, and 17 % of its labels.
/// </summary>
internal sealed class FerPlusLabels
{
    private const int Halvings = 40;

    private readonly int _classes;
    // [classes] and [classes * votes].
    private readonly double[] _prior, _likelihood;
    private double _weight;

    private FerPlusLabels(int classes)
    {
        _classes = classes;
        _prior = new double[classes];
        _likelihood = new double[classes * FerPlusVotes.VoteCount];
    }

    /// <summary>Learns from labelled faces; counts begin at 1, so that what was never seen is unlikely and not impossible.</summary>
    /// <param name="votes">[count * 10] votes, in the order of <see cref="FerPlusVotes"/>.</param>
    /// <param name="labels">[count] class indices.</param>
    /// <param name="classes">The number of classes.</param>
    internal static FerPlusLabels Fit(ReadOnlySpan<float> votes, ReadOnlySpan<int> labels, int classes)
    {
        var model = new FerPlusLabels(classes);
        model.Count(votes, labels);
        var evidence = new double[labels.Length * classes];
        for (int i = 0; i < labels.Length; i++)
            model.Weigh(votes.Slice(i * FerPlusVotes.VoteCount, FerPlusVotes.VoteCount), evidence.AsSpan(i * classes, classes));
        // The loss is convex in the weight: its slope has one root at most.
        double low = 0, high = 1;
        for (int i = 0; i < Halvings; i++)
        {
            model._weight = (low + high) / 2;
            if (model.Slope(evidence, labels) > 0) high = model._weight;
            else low = model._weight;
        }
        return model;
    }

    /// <summary>Writes how likely each label is.</summary>
    /// <param name="votes">[10] votes.</param>
    /// <param name="target">[classes] takes probabilities that sum to 1.</param>
    /// <returns>False where there is no vote; the target is then not usable.</returns>
    internal bool TryCopyTo(ReadOnlySpan<float> votes, Span<float> target)
    {
        if (!votes.ContainsAnyExcept(0f)) return false;
        Span<double> evidence = stackalloc double[_classes], probabilities = stackalloc double[_classes];
        Weigh(votes, evidence);
        Probabilities(evidence, probabilities);
        for (int c = 0; c < _classes; c++) target[c] = (float)probabilities[c];
        return true;
    }

    private void Count(ReadOnlySpan<float> votes, ReadOnlySpan<int> labels)
    {
        Array.Fill(_prior, 1);
        Array.Fill(_likelihood, 1);
        for (int i = 0; i < labels.Length; i++)
        {
            _prior[labels[i]]++;
            for (int v = 0; v < FerPlusVotes.VoteCount; v++)
                _likelihood[labels[i] * FerPlusVotes.VoteCount + v] += votes[i * FerPlusVotes.VoteCount + v];
        }
        ToLogarithms(_prior);
        for (int c = 0; c < _classes; c++) ToLogarithms(_likelihood.AsSpan(c * FerPlusVotes.VoteCount, FerPlusVotes.VoteCount));

        static void ToLogarithms(Span<double> counts)
        {
            double sum = 0;
            foreach (double count in counts) sum += count;
            foreach (ref double count in counts) count = Math.Log(count / sum);
        }
    }

    /// <summary>The slope of the labels' summed log loss in the weight.</summary>
    private double Slope(ReadOnlySpan<double> evidence, ReadOnlySpan<int> labels)
    {
        Span<double> probabilities = stackalloc double[_classes];
        double slope = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var own = evidence.Slice(i * _classes, _classes);
            Probabilities(own, probabilities);
            for (int c = 0; c < _classes; c++) slope += probabilities[c] * own[c];
            slope -= own[labels[i]];
        }
        return slope;
    }

    /// <summary>The log likelihood of a face's votes under each label, as if they were independent.</summary>
    private void Weigh(ReadOnlySpan<float> votes, Span<double> evidence)
    {
        for (int c = 0; c < _classes; c++)
        {
            evidence[c] = 0;
            for (int v = 0; v < FerPlusVotes.VoteCount; v++) evidence[c] += votes[v] * _likelihood[c * FerPlusVotes.VoteCount + v];
        }
    }

    private void Probabilities(ReadOnlySpan<double> evidence, Span<double> probabilities)
    {
        double greatest = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < _classes; c++)
        {
            probabilities[c] = _prior[c] + _weight * evidence[c];
            greatest = Math.Max(greatest, probabilities[c]);
        }
        foreach (ref double p in probabilities) sum += p = Math.Exp(p - greatest);
        foreach (ref double p in probabilities) p /= sum;
    }
}
