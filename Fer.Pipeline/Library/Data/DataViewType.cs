namespace Fer.Pipeline.Data;

/// <summary>The kind of value a column holds, as in ML.NET.</summary>
public abstract class DataViewType
{
    private protected DataViewType(Type rawType) => RawType = rawType;

    /// <summary>The .NET type that a getter of the column fills.</summary>
    public Type RawType { get; }

    /// <summary>An empty store for a column of this type.</summary>
    internal abstract ColumnCache CreateCache();
}

/// <summary>Text, held as <see cref="ReadOnlyMemory{T}"/> of char.</summary>
public sealed class TextDataViewType : DataViewType
{
    private TextDataViewType() : base(typeof(ReadOnlyMemory<char>)) { }

    /// <summary>The one text type.</summary>
    public static TextDataViewType Instance { get; } = new();

    internal override ColumnCache CreateCache() => new ScalarColumnCache<ReadOnlyMemory<char>>();

    /// <inheritdoc/>
    public override string ToString() => "Text";
}

/// <summary>A number type.</summary>
public sealed class NumberDataViewType : DataViewType
{
    private readonly Func<ColumnCache> _cache;
    private readonly Func<ColumnCache> _vectorCache;

    private NumberDataViewType(Type rawType, Func<ColumnCache> cache, Func<ColumnCache> vectorCache) : base(rawType) =>
        (_cache, _vectorCache) = (cache, vectorCache);

    /// <summary>8 bits, 0 … 255.</summary>
    public static NumberDataViewType Byte { get; } = Create<byte>();

    /// <summary>64 bits with sign.</summary>
    public static NumberDataViewType Int64 { get; } = Create<long>();

    /// <summary>32-bit floating point.</summary>
    public static NumberDataViewType Single { get; } = Create<float>();

    internal override ColumnCache CreateCache() => _cache();

    internal ColumnCache CreateVectorCache() => _vectorCache();

    /// <inheritdoc/>
    public override string ToString() => RawType.Name;

    private static NumberDataViewType Create<T>() where T : unmanaged =>
        new(typeof(T), () => new ScalarColumnCache<T>(), () => new VectorColumnCache<T>());
}

/// <summary>One of a known number of values, held as uint: 1 … <see cref="Count"/>, and 0 where it is missing. The column's KeyValues annotation names them.</summary>
public sealed class KeyDataViewType : DataViewType
{
    /// <summary>Creates the type of keys 1 … <paramref name="count"/>.</summary>
    public KeyDataViewType(int count) : base(typeof(uint)) => Count = count;

    /// <summary>Number of values.</summary>
    public int Count { get; }

    internal override ColumnCache CreateCache() => new ScalarColumnCache<uint>();

    /// <inheritdoc/>
    public override string ToString() => $"Key<{Count}>";
}

/// <summary>A fixed number of numbers, held as <see cref="VBuffer{T}"/>.</summary>
public sealed class VectorDataViewType : DataViewType
{
    private VectorDataViewType(Type rawType, NumberDataViewType itemType, int size) : base(rawType) => (ItemType, Size) = (itemType, size);

    /// <summary>Type of an item.</summary>
    public NumberDataViewType ItemType { get; }

    /// <summary>Number of items.</summary>
    public int Size { get; }

    internal static VectorDataViewType Bytes(int size) => new(typeof(VBuffer<byte>), NumberDataViewType.Byte, size);

    internal static VectorDataViewType Singles(int size) => new(typeof(VBuffer<float>), NumberDataViewType.Single, size);

    internal override ColumnCache CreateCache() => ItemType.CreateVectorCache();

    /// <inheritdoc/>
    public override string ToString() => $"Vector<{ItemType}, {Size}>";
}
