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

    internal static bool IsFloat(TensorProto tensor) => IsFloat(tensor.DataType);

    /// <summary>True for an element type whose values become float32.</summary>
    internal static bool IsFloat(int elementType) => (TensorProto.Types.DataType)elementType is TensorProto.Types.DataType.Float
        or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16;

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
            TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16 or TensorProto.Types.DataType.Int16
                or TensorProto.Types.DataType.Uint16 => (sizeof(short), tensor.Int32Data.Count),
            TensorProto.Types.DataType.Int64 => (sizeof(long), tensor.Int64Data.Count),
            TensorProto.Types.DataType.Int32 => (sizeof(int), tensor.Int32Data.Count),
            TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Bool =>
                (1, tensor.Int32Data.Count),
            _ => throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} has element type {tensor.DataType}; "
                + "float, double, float16, bfloat16, int64, int32, int16, uint16, int8, uint8 and bool are supported"),
        };
        bool exact = listed > 0 ? listed == length && tensor.RawData.IsEmpty : tensor.RawData.Length == length * size;
        if (!exact)
            throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} holds {(listed > 0 ? listed : tensor.RawData.Length / size)} values where " +
                $"its dimensions [{string.Join(", ", tensor.Dims)}] promise {length}");
        return (int)length;
    }

    /// <summary>Copies the values of a tensor that <see cref="CheckedLength"/> accepted, as float32.</summary>
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
        if (tensor.DataType is (int)TensorProto.Types.DataType.Float16 or (int)TensorProto.Types.DataType.Bfloat16)
        {
            // In a list each number's bits are an integer.
            for (int i = 0; i < values.Length; i++)
            {
                ushort bits = tensor.Int32Data.Count > 0 ? (ushort)tensor.Int32Data[i]
                    : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
                values[i] = tensor.DataType == (int)TensorProto.Types.DataType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits)
                    : BitConverter.Int32BitsToSingle(bits << 16);
            }
            return;
        }
        if (!IsFloat(tensor))
        {
            for (int i = 0; i < values.Length; i++) values[i] = ReadInteger(tensor, bytes, i);
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
        var values = new long[tensor.Dims.Aggregate(1, (a, b) => checked(a * (int)b))];
        for (int i = 0; i < values.Length; i++) values[i] = ReadInteger(tensor, bytes, i);
        return values;
    }

    private static long ReadInteger(TensorProto tensor, ReadOnlySpan<byte> bytes, int i)
    {
        long value = (TensorProto.Types.DataType)tensor.DataType switch
        {
            TensorProto.Types.DataType.Int64 =>
                tensor.Int64Data.Count > 0 ? tensor.Int64Data[i] : BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]),
            _ when tensor.Int32Data.Count > 0 => tensor.Int32Data[i],
            TensorProto.Types.DataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]),
            TensorProto.Types.DataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * sizeof(short))..]),
            TensorProto.Types.DataType.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(short))..]),
            TensorProto.Types.DataType.Int8 => (sbyte)bytes[i],
            _ => bytes[i],
        };
        // Clamped, as large numbers stand for an open end: all values beyond any size mean the same.
        return Math.Clamp(value, -(1L << 62), 1L << 62);
    }
}
