using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>Constants of an ONNX graph ("initialisers"): created from values, and read with every size checked.</summary>
internal static class OnnxTensors
{
    /// <summary>A float32 tensor; without dimensions it is a scalar.</summary>
    internal static TensorProto Floats(string name, ReadOnlySpan<float> values, IReadOnlyList<int> dimensions)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else
            for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = UnsafeByteOperations.UnsafeWrap(bytes)
        };
        foreach (int dimension in dimensions) tensor.Dims.Add(dimension);
        return tensor;
    }

    /// <summary>An int64 vector.</summary>
    internal static TensorProto Integers(string name, ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Int64,
            Dims = { values.Length },
            RawData = UnsafeByteOperations.UnsafeWrap(bytes),
        };
    }

    internal static bool IsFloat(TensorProto tensor) =>
        (TensorProto.Types.DataType)tensor.DataType is TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Double;

    /// <summary>Checks that the tensor has exactly as many values as its dimensions require, and returns their number.</summary>
    /// <exception cref="OnnxFormatException">The number does not match.</exception>
    internal static int CheckedLength(TensorProto tensor)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.Default)
            throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in another file, "
                + "which is supported only if the model is read by its path");
        if (tensor.Dims.Count > OnnxGraphReader.MaxRank)
            throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} has {tensor.Dims.Count} dimensions; "
                + $"at most {OnnxGraphReader.MaxRank} are supported");
        long length = 1;
        foreach (long dimension in tensor.Dims)
        {
            if (dimension is < 0 or > int.MaxValue || (length *= dimension) > int.MaxValue)
                throw new OnnxFormatException(
                    $"initialiser {OnnxText.Quote(tensor.Name)} has impossible dimensions [{string.Join(", ", tensor.Dims)}]");
        }
        var (size, listed) = (TensorProto.Types.DataType)tensor.DataType switch
        {
            TensorProto.Types.DataType.Float => (sizeof(float), tensor.FloatData.Count),
            TensorProto.Types.DataType.Double => (sizeof(double), tensor.DoubleData.Count),
            TensorProto.Types.DataType.Int64 => (sizeof(long), tensor.Int64Data.Count),
            TensorProto.Types.DataType.Int32 => (sizeof(int), tensor.Int32Data.Count),
            TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Bool =>
                (1, tensor.Int32Data.Count),
            _ => throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} has element type {tensor.DataType}; "
                + "float, double, int64, int32, int8, uint8 and bool are supported"),
        };
        bool exact = listed > 0 ? listed == length && tensor.RawData.IsEmpty : tensor.RawData.Length == length * size;
        if (!exact)
            throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} holds {(listed > 0 ? listed : tensor.RawData.Length / size)} values where " +
                $"its dimensions [{string.Join(", ", tensor.Dims)}] promise {length}");
        return (int)length;
    }

    /// <summary>Copies the values of a floating-point tensor that <see cref="CheckedLength"/> accepted.</summary>
    internal static void CopyFloats(TensorProto tensor, Span<float> values)
    {
        var bytes = tensor.RawData.Span;
        if (tensor.DataType == (int)TensorProto.Types.DataType.Double)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(tensor.DoubleData.Count > 0 ? tensor.DoubleData[i]
                    : BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]));
            return;
        }
        if (tensor.FloatData.Count > 0)
        {
            for (int i = 0; i < values.Length; i++) values[i] = tensor.FloatData[i];
            return;
        }
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values));
        else
            for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    /// <summary>The values of an integer tensor that <see cref="CheckedLength"/> accepted.</summary>
    internal static long[] ReadIntegers(TensorProto tensor)
    {
        var bytes = tensor.RawData.Span;
        int length = tensor.Dims.Aggregate(1, (a, b) => a * (int)b);
        var values = new long[length];
        for (int i = 0; i < length; i++)
            values[i] = (TensorProto.Types.DataType)tensor.DataType switch
            {
                TensorProto.Types.DataType.Int64 =>
                    tensor.Int64Data.Count > 0 ? tensor.Int64Data[i] : BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]),
                TensorProto.Types.DataType.Int32 =>
                    tensor.Int32Data.Count > 0 ? tensor.Int32Data[i] : BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]),
                TensorProto.Types.DataType.Int8 => tensor.Int32Data.Count > 0 ? tensor.Int32Data[i] : (sbyte)bytes[i],
                _ => tensor.Int32Data.Count > 0 ? tensor.Int32Data[i] : bytes[i],
            };
        // Clamped, as large numbers stand for an open end: all values beyond any size mean the same.
        for (int i = 0; i < length; i++) values[i] = Math.Clamp(values[i], -(1L << 62), 1L << 62);
        return values;
    }
}
