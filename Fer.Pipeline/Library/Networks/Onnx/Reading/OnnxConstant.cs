using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// A value that is known when the graph is read: weights, or integers that describe shapes. Large values stay in the file's bytes, or are
/// stored as one repeated number, until a parameter needs them.
/// </summary>
internal sealed class OnnxConstant
{
    /// <summary>Represents the batch size in shape arithmetic; no file can contain it, because values beyond ±2⁶² are clamped.</summary>
    internal const long Batch = long.MinValue;

    private readonly TensorProto? _tensor;
    private readonly float[]? _floats;
    private readonly long[]? _integers;
    private readonly float _repeated;

    private OnnxConstant(string name, int[] dimensions, bool isFloat, TensorProto? tensor = null, float[]? floats = null,
        long[]? integers = null, float repeated = 0)
    {
        (Name, Dimensions, IsFloat, _tensor, _floats, _integers, _repeated) =
            (name, dimensions, isFloat, tensor, floats, integers, repeated);
        Length = dimensions.Aggregate(1, (a, b) => checked(a * b));
    }

    internal string Name { get; }

    internal int[] Dimensions { get; }

    /// <summary>True for floating-point values, false for integers.</summary>
    internal bool IsFloat { get; }

    internal int Length { get; }

    /// <summary>The type of the values in the file.</summary>
    internal TensorProto.Types.DataType ElementType => _tensor is not null ? (TensorProto.Types.DataType)_tensor.DataType
        : IsFloat ? TensorProto.Types.DataType.Float : TensorProto.Types.DataType.Int64;

    /// <exception cref="OnnxFormatException">The tensor's data does not match its dimensions.</exception>
    internal static OnnxConstant Of(TensorProto tensor, string name)
    {
        OnnxTensors.CheckedLength(tensor);
        return new OnnxConstant(name, [.. tensor.Dims.Select(d => (int)d)], OnnxTensors.IsFloat(tensor), tensor);
    }

    internal static OnnxConstant Of(string name, int[] dimensions, float[] values) => new(name, dimensions, true, floats: values);

    internal static OnnxConstant Of(string name, int[] dimensions, long[] values) => new(name, dimensions, false, integers: values);

    internal static OnnxConstant Integers(string name, params long[] values) => new(name, [values.Length], false, integers: values);

    /// <summary>One number repeated.</summary>
    internal static OnnxConstant Repeated(string name, int[] dimensions, float value) => new(name, dimensions, true, repeated: value);

    /// <summary>The same values with other dimensions.</summary>
    internal OnnxConstant Reshaped(string name, int[] dimensions) => new(name, dimensions, IsFloat, _tensor, _floats, _integers, _repeated);

    internal void CopyFloats(Span<float> values)
    {
        if (_floats is not null) _floats.CopyTo(values);
        else if (_tensor is not null) OnnxTensors.CopyFloats(_tensor, values);
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

    /// <exception cref="OnnxFormatException">The values are floating-point numbers.</exception>
    internal long[] Integers() => IsFloat
        ? throw new OnnxFormatException($"takes floating-point numbers from {OnnxText.Quote(Name)} where integers are needed")
        : _integers ?? OnnxTensors.ReadIntegers(_tensor!);

    public override string ToString() => $"{OnnxText.Quote(Name)} [{string.Join(", ", Dimensions)}]";

    /// <summary>The values with transposed axes: axis i of the result is axis <paramref name="order"/>[i].</summary>
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
