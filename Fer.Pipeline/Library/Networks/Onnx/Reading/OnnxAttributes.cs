using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The attributes of one ONNX node. The static methods create them for the writer. The reader takes each attribute once, and any that
/// remain are rejected, because ignoring an unknown attribute could silently change the result.
/// </summary>
internal sealed class OnnxAttributes
{
    private readonly Dictionary<string, AttributeProto> _left = [];

    internal OnnxAttributes(IEnumerable<AttributeProto> attributes)
    {
        foreach (var attribute in attributes)
            if (!_left.TryAdd(attribute.Name, attribute))
                throw new OnnxFormatException($"has the attribute {OnnxText.Quote(attribute.Name)} twice");
    }

    internal static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    internal static AttributeProto Float(string name, float value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    internal static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = Google.Protobuf.ByteString.CopyFromUtf8(value) };

    internal static AttributeProto Ints(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    internal long TakeInt(string name, long ifAbsent) => Take(name, AttributeProto.Types.AttributeType.Int)?.I ?? ifAbsent;

    internal float TakeFloat(string name, float ifAbsent)
    {
        float value = Take(name, AttributeProto.Types.AttributeType.Float)?.F ?? ifAbsent;
        return float.IsFinite(value) ? value : throw new OnnxFormatException($"has {name} = {value}");
    }

    /// <summary>Any float, including infinity.</summary>
    internal float TakeAnyFloat(string name, float ifAbsent) => Take(name, AttributeProto.Types.AttributeType.Float)?.F ?? ifAbsent;

    /// <summary>Integers of an exact count and range.</summary>
    internal int[] TakeInts(string name, int[]? ifAbsent, int count, int least, int most, bool optional = false)
    {
        var attribute = Take(name, AttributeProto.Types.AttributeType.Ints);
        if (attribute is null || optional && attribute.Ints.Count == 0)
            return ifAbsent ?? throw new OnnxFormatException($"needs the attribute '{name}'");
        if (attribute.Ints.Count != count)
            throw new OnnxFormatException($"has {attribute.Ints.Count} values in its attribute '{name}' where {count} are needed");
        foreach (long value in attribute.Ints)
            if (value < least || value > most)
                throw new OnnxFormatException($"has {value} in its attribute '{name}'; {least} to {most} is supported");
        return [.. attribute.Ints.Select(value => (int)value)];
    }

    /// <summary>Integers, or null if the attribute is absent.</summary>
    internal long[]? TakeIntsOrNull(string name) =>
        Take(name, AttributeProto.Types.AttributeType.Ints) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>Floats, or null if the attribute is absent.</summary>
    internal float[]? TakeFloatsOrNull(string name) =>
        Take(name, AttributeProto.Types.AttributeType.Floats) is { } attribute ? [.. attribute.Floats] : null;

    internal TensorProto? TakeTensor(string name) => Take(name, AttributeProto.Types.AttributeType.Tensor)?.T;

    internal string TakeText(string name, string ifAbsent) =>
        Take(name, AttributeProto.Types.AttributeType.String) is { } attribute ? attribute.S.ToStringUtf8() : ifAbsent;

    /// <summary>Strings, or null if the attribute is absent.</summary>
    internal string[]? TakeTexts(string name) => Take(name, AttributeProto.Types.AttributeType.Strings) is { } attribute
        ? [.. attribute.Strings.Select(s => s.ToStringUtf8())] : null;

    /// <summary>Skips an attribute that does not affect the result.</summary>
    internal void Ignore(string name) => _left.Remove(name);

    /// <summary>Takes an attribute for which only one value is supported.</summary>
    internal void Expect(string name, long only, long ifAbsent)
    {
        long value = TakeInt(name, ifAbsent);
        if (value != only) throw new OnnxFormatException($"has {name} = {value}; only {only} is supported");
    }

    /// <exception cref="OnnxFormatException">An attribute was not taken.</exception>
    internal void ExpectNoneLeft()
    {
        foreach (string name in _left.Keys)
            throw new OnnxFormatException($"has the attribute {OnnxText.Quote(name)}, which is not supported for this operator");
    }

    private AttributeProto? Take(string name, AttributeProto.Types.AttributeType type)
    {
        if (!_left.Remove(name, out var attribute)) return null;
        return attribute.Type == type
            ? attribute
            : throw new OnnxFormatException($"has the attribute '{name}' as {attribute.Type} where {type} is needed");
    }
}
