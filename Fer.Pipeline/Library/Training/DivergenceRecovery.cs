using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>
/// Brings a training back whose loss is not a number: to the weights of the last epoch's end at a smaller learning rate, and to those that
/// it began with where there is no epoch's end since. A few times; a training that diverges even so has no rate in reach.
/// </summary>
/// <param name="parameters">The network's parameters, as the training begins.</param>
/// <param name="most">Most returns; 0 keeps no copy.</param>
internal sealed class DivergenceRecovery(ParameterSet parameters, int most)
{
    /// <summary>What the learning rate is multiplied by at each return.</summary>
    internal const double RateFactor = 0.25;

    /// <summary>Most returns of a training of its own: the rate is then a sixty-fourth.</summary>
    internal const int UsualMost = 3;

    private readonly float[] _start = most > 0 ? parameters.Values.ToArray() : [];
    private float[]? _epoch;

    /// <summary>Returns so far.</summary>
    internal int Count { get; private set; }

    /// <summary>What the schedule's learning rate is multiplied by.</summary>
    internal double Factor => Math.Pow(RateFactor, Count);

    /// <summary>True where the next return is to the beginning.</summary>
    internal bool IsAtStart => _epoch is null;

    /// <summary>Keeps the weights of an epoch's end.</summary>
    internal void Keep()
    {
        if (most == 0 || parameters.Values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return;
        _epoch ??= new float[parameters.Values.Length];
        parameters.Values.CopyTo(_epoch);
    }

    /// <summary>Puts the kept weights back; false where that was tried often enough.</summary>
    internal bool TryReturn()
    {
        if (Count >= most) return false;
        Count++;
        (_epoch ?? _start).CopyTo(parameters.Values);
        // Where the same weights lead to the same end, they are no good to start from.
        _epoch = null;
        return true;
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Count);
        StateArray.Write(writer, _start);
        writer.Write(_epoch is not null);
        if (_epoch is not null) StateArray.Write(writer, _epoch);
    }

    internal void Restore(BinaryReader reader)
    {
        Count = reader.ReadInt32();
        if (Count < 0 || Count > most) throw new FormatException("The returns from divergence make no sense.");
        // A head that was fitted first is not fitted again after a stop.
        StateArray.Read(reader, _start);
        _epoch = reader.ReadBoolean() ? new float[parameters.Values.Length] : null;
        if (_epoch is not null) StateArray.Read(reader, _epoch);
    }
}
