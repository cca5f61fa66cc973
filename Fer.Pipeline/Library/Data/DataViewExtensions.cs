using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>Views made from views. All are lazy: nothing is read before a cursor of the result moves.</summary>
public static class DataViewExtensions
{
    /// <summary>The rows whose value in <paramref name="columnName"/> pleases <paramref name="keep"/>.</summary>
    /// <typeparam name="T">The column's raw type.</typeparam>
    public static IDataView FilterRows<T>(this IDataView view, string columnName, Predicate<T> keep) =>
        new FilterView<T>(view, view.Schema[columnName], keep);

    /// <summary>The rows of one split.</summary>
    public static IDataView FilterByUsage(this IDataView view, Usage usage) =>
        view.FilterRows<uint>(FaceColumns.Usage, key => key == (uint)usage + 1);

    /// <summary>The rows in a random order that the seed fixes. Keeps a source in memory that cannot shuffle by itself.</summary>
    public static IDataView ShuffleRows(this IDataView view, long seed) => new ShuffleView(view, seed);

    /// <summary>Keeps each column in memory from the first time it is read.</summary>
    public static IDataView Cache(this IDataView view) => new CacheView(view);
}
