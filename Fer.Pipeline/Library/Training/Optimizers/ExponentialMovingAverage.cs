using System.Numerics;
using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>
/// The exponential moving average of a network's values, batch statistics included (Polyak and Juditsky 1992): steadier than the last
/// weights and usually about one percentage point better. The decay warms up as min(decay, (1 + t) / (10 + t)), so that the first weights
/// are soon forgotten.
/// </summary>
internal sealed class ExponentialMovingAverage
{
    private readonly ParameterSet _parameters;
    private readonly float[] _average;

    /// <summary>Starts the average at the current values.</summary>
    /// <exception cref="FerUsageException"><paramref name="decay"/> is not in [0, 1).</exception>
    public ExponentialMovingAverage(ParameterSet parameters, float decay = 0.999f)
    {
        if (!(decay >= 0 && decay < 1))
            throw new FerUsageException($"The decay of the moving average must be at least 0 and below 1, not {decay}.");
        _parameters = parameters;
        _average = parameters.Values.ToArray();
        Decay = decay;
    }

    /// <summary>The decay after warm-up.</summary>
    public float Decay { get; }

    /// <summary>Updates so far.</summary>
    public long Updates { get; private set; }

    /// <summary>True while the network holds the averages and the training values are set aside.</summary>
    public bool IsSwappedIn { get; private set; }

    /// <summary>Adds the current values to the average; call it after each optimizer step.</summary>
    /// <exception cref="InvalidOperationException">The averages are swapped in.</exception>
    public void Update()
    {
        float fresh = Advance();
        ReadOnlySpan<float> values = _parameters.Values;
        var from = MemoryMarshal.Cast<float, Vector<float>>(values);
        var to = MemoryMarshal.Cast<float, Vector<float>>(_average.AsSpan());
        for (int i = 0; i < to.Length; i++) to[i] += (from[i] - to[i]) * fresh;
        for (int i = to.Length * Vector<float>.Count; i < values.Length; i++) _average[i] += (values[i] - _average[i]) * fresh;
    }

    /// <summary>The averages, for a device to read and write.</summary>
    internal Span<float> Values => _average;

    /// <summary>Counts an update, which a device may make itself; gives the new values' share of the average.</summary>
    /// <exception cref="InvalidOperationException">The averages are swapped in.</exception>
    internal float Advance()
    {
        if (IsSwappedIn) throw new InvalidOperationException("Swap the training values back before the next update.");
        return 1f - (float)Math.Min(Decay, (1.0 + Updates) / (10.0 + Updates++));
    }

    /// <summary>Begins anew at the current values.</summary>
    internal void Restart()
    {
        _parameters.Values.CopyTo(_average);
        Updates = 0;
    }

    /// <summary>Swaps the network's values and the averages; a second call undoes it.</summary>
    public void Swap()
    {
        var values = _parameters.Values;
        for (int i = 0; i < values.Length; i++) (values[i], _average[i]) = (_average[i], values[i]);
        IsSwappedIn = !IsSwappedIn;
    }

    /// <summary>Writes the state, from which <see cref="Restore"/> resumes exactly.</summary>
    /// <exception cref="InvalidOperationException">The averages are swapped in.</exception>
    public void Save(BinaryWriter writer)
    {
        if (IsSwappedIn) throw new InvalidOperationException("Swap the training values back before saving the average.");
        writer.Write(Updates);
        StateArray.Write(writer, _average);
    }

    /// <summary>Reads a state that <see cref="Save"/> wrote.</summary>
    /// <exception cref="FerException">It belongs to another network or is truncated.</exception>
    public void Restore(BinaryReader reader)
    {
        try
        {
            long updates = reader.ReadInt64();
            if (updates < 0) throw new FerException($"The stored moving average has {updates} updates; the file is damaged.");
            StateArray.Read(reader, _average);
            Updates = updates;
        }
        catch (EndOfStreamException e)
        {
            throw new FerException("The stored moving average is truncated; the file is damaged.", e);
        }
    }
}
