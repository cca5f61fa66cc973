namespace Fer.Pipeline.Data;

/// <summary>
/// The rows of a view in a seeded random order, every order equally likely. A source that cannot shuffle is kept in memory,
/// those columns of it that are asked for.
/// </summary>
internal sealed class ShuffleView(IDataView source, long seed) : IDataView
{
    private readonly IDataView _source = source.CanShuffle ? source : new CacheView(source);

    public DataViewSchema Schema => _source.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? otherSeed = null) =>
        _source.GetRowCursor(columnsNeeded, otherSeed ?? seed);
}
