using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>
/// Keeps a copy of a network's best values, by early stopping's metric or else by accuracy. Ties are broken by loss, then in favour of the
/// earlier epoch.
/// </summary>
internal sealed class BestWeights(ParameterSet parameters, EarlyStopping? criteria)
{
    /// <summary>Marks <see cref="Start"/> in a checkpoint, where 0 means that nothing is kept.</summary>
    private const int StartMark = -1;

    private readonly EarlyStopping _criteria = criteria ?? new EarlyStopping();
    private float[]? _values;
    private (double Score, double Loss) _best;

    /// <summary>The epoch kept, from 1; 0 before the first, and while the initial weights are the best.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Accuracy and loss of the initial weights, while those are kept.</summary>
    internal (double Accuracy, double Loss)? Start { get; private set; }

    /// <summary>True if values are kept.</summary>
    internal bool IsKept => _values is not null;

    /// <summary>Copies the current values if the epoch's metrics are the best so far; NaN never is.</summary>
    internal void Offer(int epoch, double accuracy, double loss)
    {
        if (!IsBetter(accuracy, loss)) return;
        (Epoch, Start) = (epoch, null);
    }

    /// <summary>As <see cref="Offer"/>, for the initial values.</summary>
    internal void OfferStart(double accuracy, double loss)
    {
        if (IsBetter(accuracy, loss)) Start = (accuracy, loss);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Start is null ? Epoch : StartMark);
        writer.Write(_best.Score);
        writer.Write(_best.Loss);
        if (Start is { } start) writer.Write(start.Accuracy);
        if (IsKept) StateArray.Write(writer, _values);
    }

    internal void Restore(BinaryReader reader)
    {
        int epoch = reader.ReadInt32();
        _best = (reader.ReadDouble(), reader.ReadDouble());
        if (epoch == StartMark) Start = (reader.ReadDouble(), _best.Loss);
        else Epoch = epoch;
        if (epoch != 0) StateArray.Read(reader, _values = new float[parameters.Values.Length]);
    }

    /// <summary>Restores the kept values; does nothing if there are none.</summary>
    internal void PutBack() => _values?.CopyTo(parameters.Values);

    private bool IsBetter(double accuracy, double loss)
    {
        double metric = _criteria.Metric == EarlyStoppingMetric.Accuracy ? accuracy : loss;
        double score = _criteria.CheckIncreasing ? metric : -metric;
        if (double.IsNaN(score) || double.IsNaN(loss)) return false;
        if (IsKept && !(score > _best.Score || (score == _best.Score && loss < _best.Loss))) return false;
        _best = (score, loss);
        _values ??= new float[parameters.Values.Length];
        parameters.Values.CopyTo(_values);
        return true;
    }
}
