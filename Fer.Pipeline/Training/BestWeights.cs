using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Training;

/// <summary>Keeps a copy of a network's values at its best epoch, by early stopping's metric, otherwise by accuracy; equals are told apart by loss.</summary>
internal sealed class BestWeights(ParameterSet parameters, EarlyStopping? criteria)
{
    private readonly EarlyStopping _criteria = criteria ?? new EarlyStopping();
    private float[]? _values;
    private (double Score, double Loss) _best;

    /// <summary>The epoch kept, from 1; 0 before any, and for the weights that the training began with.</summary>
    internal int Epoch { get; private set; }

    /// <summary>True where values are kept.</summary>
    internal bool IsKept => _values is not null;

    /// <summary>Copies the present values if the epoch's metrics are the best so far; metrics that are not numbers never are.</summary>
    internal void Offer(int epoch, double accuracy, double loss)
    {
        double metric = _criteria.Metric == EarlyStoppingMetric.Accuracy ? accuracy : loss;
        double score = _criteria.CheckIncreasing ? metric : -metric;
        if (double.IsNaN(score) || double.IsNaN(loss)) return;
        if (IsKept && !(score > _best.Score || (score == _best.Score && loss < _best.Loss))) return;
        _best = (score, loss);
        Epoch = epoch;
        _values ??= new float[parameters.Values.Length];
        parameters.Values.CopyTo(_values);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(IsKept);
        writer.Write(Epoch);
        writer.Write(_best.Score);
        writer.Write(_best.Loss);
        if (IsKept) StateArray.Write(writer, _values);
    }

    internal void Restore(BinaryReader reader)
    {
        bool isKept = reader.ReadBoolean();
        Epoch = reader.ReadInt32();
        _best = (reader.ReadDouble(), reader.ReadDouble());
        if (isKept) StateArray.Read(reader, _values = new float[parameters.Values.Length]);
    }

    /// <summary>Puts the kept values back; does nothing before an epoch was kept.</summary>
    internal void PutBack() => _values?.CopyTo(parameters.Values);
}
