using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// A value of the graph that is known when it is read: weights, or whole numbers that say shapes. Large ones stay in the file's bytes, or are one
/// repeated number, until a parameter takes them.
/// </summary>
internal sealed class OnnxConstant
{
    /// <summary>Stands for the batch's size in shape arithmetic; no file can hold it, because values beyond ±2⁶² are brought back to it.</summary>
    internal const long Batch = long.MinValue;

    private readonly TensorProto? _tensor;
    private readonly float[]? _floats;
    private readonly long[]? _integers;
    private readonly float _repeated;

    private OnnxConstant(string name, int[] dimensions, bool isFloat, TensorProto? tensor = null, float[]? floats = null, long[]? integers = null, float repeated = 0)
    {
        (Name, Dimensions, IsFloat, _tensor, _floats, _integers, _repeated) = (name, dimensions, isFloat, tensor, floats, integers, repeated);
        Length = dimensions.Aggregate(1, (a, b) => checked(a * b));
    }

    internal string Name { get; }

    internal int[] Dimensions { get; }

    /// <summary>Whether it holds fractions; else whole numbers.</summary>
    internal bool IsFloat { get; }

    internal int Length { get; }

    /// <exception cref="OnnxFormatException">The tensor does not hold what its dimensions promise.</exception>
    internal static OnnxConstant Of(TensorProto tensor, string name)
    {
        OnnxTensors.CheckedLength(tensor);
        return new OnnxConstant(name, [.. tensor.Dims.Select(d => (int)d)], OnnxTensors.IsFloat(tensor), tensor);
    }

    internal static OnnxConstant Of(string name, int[] dimensions, float[] values) => new(name, dimensions, true, floats: values);

    internal static OnnxConstant Of(string name, int[] dimensions, long[] values) => new(name, dimensions, false, integers: values);

    internal static OnnxConstant Integers(string name, params long[] values) => new(name, [values.Length], false, integers: values);

    /// <summary>The same number over and over.</summary>
    internal static OnnxConstant Repeated(string name, int[] dimensions, float value) => new(name, dimensions, true, repeated: value);

    /// <summary>The same values under other dimensions.</summary>
    internal OnnxConstant Reshaped(string name, int[] dimensions) => new(name, dimensions, IsFloat, _tensor, _floats, _integers, _repeated);

    internal void CopyFloats(Span<float> values)
    {
        if (_floats is not null) _floats.CopyTo(values);
        else if (_tensor is not null && IsFloat) OnnxTensors.CopyFloats(_tensor, values);
        else if (IsFloat) values.Fill(_repeated);
        else
        {
            long[] integers = Integers();
            for (int i = 0; i < integers.Length; i++) values[i] = integers[i];
        }
    }

    internal float[] Floats()
    {
        var values = new float[Length];
        CopyFloats(values);
        return values;
    }

    /// <exception cref="OnnxFormatException">The values are fractions.</exception>
    internal long[] Integers() => IsFloat
        ? throw new OnnxFormatException($"takes fractions from {OnnxText.Quote(Name)} where whole numbers are needed")
        : _integers ?? OnnxTensors.ReadIntegers(_tensor!);

    public override string ToString() => $"{OnnxText.Quote(Name)} [{string.Join(", ", Dimensions)}]";

    /// <summary>The values in the order of other axes: axis i of the result is axis <paramref name="order"/>[i].</summary>
    internal float[] Transposed(ReadOnlySpan<int> order)
    {
        float[] values = Floats();
        bool same = true;
        for (int i = 0; i < order.Length; i++) same &= order[i] == i;
        return same ? values : Transpose<float>(values, Dimensions, order);
    }

    internal static T[] Transpose<T>(ReadOnlySpan<T> values, int[] dimensions, ReadOnlySpan<int> order)
    {
        int rank = dimensions.Length;
        var steps = new int[rank];
        for (int axis = rank - 1, step = 1; axis >= 0; step *= dimensions[axis--]) steps[axis] = step;
        var result = new T[values.Length];
        var place = new int[rank];
        int source = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[source];
            for (int k = rank - 1; k >= 0; k--)
            {
                source += steps[order[k]];
                if (++place[k] < dimensions[order[k]]) break;
                source -= place[k] * steps[order[k]];
                place[k] = 0;
            }
        }
        return result;
    }
}
