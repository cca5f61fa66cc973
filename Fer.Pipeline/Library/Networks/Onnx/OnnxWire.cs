namespace Fer.Pipeline.Networks;

/// <summary>
/// Walks the encoding of an ONNX file before it is parsed. An empty protobuf message takes two bytes in the file but about a hundred in
/// memory, so the file size does not bound the memory for parsing; the number of fields does.
/// https://protobuf.dev/programming-guides/encoding/
/// </summary>
internal static class OnnxWire
{
    /// <summary>
    /// Maximum bytes of a packed list of integers in an attribute or in a tensor's dimensions: kernel sizes and the like take a few bytes.
    /// </summary>
    private const int LongestIntegers = 4096;

    /// <summary>
    /// Maximum bytes of a packed list of integers as a tensor's values: one byte in the file becomes up to eight in memory. Tables of
    /// indices have some ten thousand.
    /// </summary>
    private const int LongestIntegerValues = 1 << 20;

    private enum Message { Model, OperatorSet, Entry, Graph, Node, Attribute, Tensor, ValueInfo, Type, TensorType, TensorShape, Dimension }

    private enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 }

    /// <exception cref="OnnxFormatException">The encoding is invalid or has more fields than allowed.</exception>
    internal static void Check(ReadOnlySpan<byte> file, int maxFields)
    {
        int left = maxFields;
        Walk(file, Message.Model, ref left);
    }

    private static void Walk(ReadOnlySpan<byte> bytes, Message message, ref int left)
    {
        while (!bytes.IsEmpty)
        {
            if (left-- == 0) throw new OnnxFormatException("holds more entries than any model this program can use");
            ulong tag = Varint(ref bytes);
            ulong field = tag >> 3;
            switch ((WireType)(tag & 7))
            {
                case WireType.Varint: Varint(ref bytes); break;
                case WireType.Fixed64: Skip(ref bytes, 8); break;
                case WireType.Fixed32: Skip(ref bytes, 4); break;
                case WireType.Bytes:
                    ulong length = Varint(ref bytes);
                    var content = Skip(ref bytes, length);
                    if (Child(message, field) is { } child) Walk(content, child, ref left);
                    else if (LongestList(message, field) is { } longest && content.Length > longest)
                        throw new OnnxFormatException(
                            $"holds a list of integers of {content.Length} bytes; at most {longest} are supported");
                    break;
                default: throw new OnnxFormatException("is not encoded as an ONNX model");
            }
        }
    }

    /// <summary>The message type of a field, as in onnx.proto; null for text, bytes, numbers and fields that are skipped.</summary>
    private static Message? Child(Message message, ulong field) => (message, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 8) => Message.OperatorSet,
        (Message.Model, 14) => Message.Entry,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 11 or 12) => Message.ValueInfo,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5) => Message.Tensor,
        (Message.Tensor, 13) => Message.Entry,
        (Message.ValueInfo, 2) => Message.Type,
        (Message.Type, 1) => Message.TensorType,
        (Message.TensorType, 2) => Message.TensorShape,
        (Message.TensorShape, 1) => Message.Dimension,
        _ => null,
    };

    private static int? LongestList(Message message, ulong field) => (message, field) switch
    {
        (Message.Attribute, 8) or (Message.Tensor, 1) => LongestIntegers,
        (Message.Tensor, 5 or 7) => LongestIntegerValues,
        _ => null,
    };

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }
        throw new OnnxFormatException("is cut off or not an ONNX model");
    }

    private static ReadOnlySpan<byte> Skip(ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length) throw new OnnxFormatException("is cut off or not an ONNX model");
        var skipped = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return skipped;
    }
}
