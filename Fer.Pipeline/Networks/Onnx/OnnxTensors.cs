using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fer.Pipeline.Networks.Onnx.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>Constants of an ONNX graph ("initialisers"): made from values, and read back with every size checked.</summary>
internal static class OnnxTensors
{
    /// <summary>A float32 tensor; no dimensions make a scalar.</summary>
    internal static TensorProto Floats(string name, ReadOnlySpan<float> values, IReadOnlyList<int> dimensions)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else
            for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
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

    /// <summary>Checks that the tensor holds exactly the values its dimensions promise, and gives their number.</summary>
    /// <exception cref="OnnxFormatException">It does not.</exception>
    internal static int CheckedLength(TensorProto tensor, TensorProto.Types.DataType type)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.Default)
            throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in another file; only values inside the model are read");
        if (tensor.DataType != (int)type)
            throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} has element type {tensor.DataType} where {(int)type} ({type}) is needed");
        if (tensor.Dims.Count > 8)
            throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} has {tensor.Dims.Count} dimensions; at most 8 are read");
        long length = 1;
        foreach (long dimension in tensor.Dims)
        {
            if (dimension is < 0 or > int.MaxValue || (length *= dimension) > int.MaxValue)
                throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} has the impossible dimensions [{string.Join(", ", tensor.Dims)}]");
        }
        int size = type == TensorProto.Types.DataType.Float ? sizeof(float) : sizeof(long);
        int listed = type == TensorProto.Types.DataType.Float ? tensor.FloatData.Count : tensor.Int64Data.Count;
        bool exact = listed > 0 ? listed == length && tensor.RawData.IsEmpty : tensor.RawData.Length == length * size;
        if (!exact)
            throw new OnnxFormatException(
                $"initialiser {OnnxText.Quote(tensor.Name)} holds {(listed > 0 ? listed : tensor.RawData.Length / size)} values where its dimensions [{string.Join(", ", tensor.Dims)}] promise {length}");
        return (int)length;
    }

    /// <summary>Copies the values of a tensor that <see cref="CheckedLength"/> passed.</summary>
    internal static void CopyFloats(TensorProto tensor, Span<float> values)
    {
        if (tensor.FloatData.Count > 0)
        {
            for (int i = 0; i < values.Length; i++) values[i] = tensor.FloatData[i];
            return;
        }
        var bytes = tensor.RawData.Span;
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values));
        else
            for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    /// <summary>The values of an int64 tensor that <see cref="CheckedLength"/> passed.</summary>
    internal static long[] ReadIntegers(TensorProto tensor)
    {
        if (tensor.Int64Data.Count > 0) return [.. tensor.Int64Data];
        var values = new long[tensor.RawData.Length / sizeof(long)];
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadInt64LittleEndian(tensor.RawData.Span[(i * sizeof(long))..]);
        return values;
    }
}
