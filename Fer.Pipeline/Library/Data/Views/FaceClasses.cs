using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>
/// The classes of a label column: a key with KeyValues, whose order the classes have, or text, whose names stand in FER2013's order of
/// emotions where all are emotions and in alphabetical order elsewhere.
/// </summary>
internal static class FaceClasses
{
    /// <summary>The class names; text is read once for it.</summary>
    /// <exception cref="FerUsageException">The column holds no classes with names.</exception>
    internal static IReadOnlyList<string> NamesOf(IDataView view, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType) return Distinct(view, column);
        if (column.Type is not KeyDataViewType)
        {
            throw new FerUsageException($"The label column '{column.Name}' holds {column.Type}; classes are a key with names or text. " +
                "Turn it into a key with Conversion.MapValueToKey.");
        }
        var names = column.Annotations.Schema.GetColumnOrNull(FaceColumns.KeyValues);
        if (names is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
        {
            throw new FerUsageException($"The keys of the label column '{column.Name}' have no names (KeyValues of text). " +
                "Make them with Conversion.MapValueToKey from a column of text.");
        }
        VBuffer<ReadOnlyMemory<char>> texts = default;
        column.Annotations.GetValue(FaceColumns.KeyValues, ref texts);
        return [.. texts.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>The scheme that a view of faces wrote beside its labels; null where the labels come from elsewhere.</summary>
    internal static LabelScheme? SchemeOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(FaceColumns.SchemeAnnotation) is not { Type: TextDataViewType }) return null;
        ReadOnlyMemory<char> definition = default;
        column.Annotations.GetValue(FaceColumns.SchemeAnnotation, ref definition);
        var scheme = LabelScheme.Parse(definition.ToString());
        VBuffer<ReadOnlyMemory<char>> texts = default;
        column.Annotations.GetValue(FaceColumns.KeyValues, ref texts);
        string[] names = [.. texts.DenseValues().Select(name => name.ToString())];
        return scheme.ClassNames.SequenceEqual(names) ? scheme : LabelScheme.OfNames(names);
    }

    /// <summary>What reads the class index at a row; -1 where the row has no label.</summary>
    /// <param name="row">The row or cursor; the column is active.</param>
    /// <param name="column">A key or text.</param>
    /// <param name="own">The class names of the column's keys, as <see cref="NamesOf"/> gives them.</param>
    /// <param name="classNames">The class names that the index counts in.</param>
    /// <exception cref="FerException">A label is none of <paramref name="classNames"/>: thrown by the reader.</exception>
    internal static Func<int> Reader(
        DataViewRow row, DataViewSchema.Column column, IReadOnlyList<string> own, IReadOnlyList<string> classNames)
    {
        if (column.Type is TextDataViewType) return TextReader(row, column, classNames);
        int[] index = [.. own.Select(name => IndexOf(classNames, name))];
        var key = KeyReader(row, column);
        return () =>
        {
            ulong value = key();
            if (value == 0 || value > (ulong)index.Length) return -1;
            int found = index[value - 1];
            return found >= 0 ? found : throw Unknown(row, column, own[(int)value - 1], classNames);
        };
    }

    private static Func<int> TextReader(DataViewRow row, DataViewSchema.Column column, IReadOnlyList<string> classNames)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            if (text.IsEmpty) return -1;
            for (int c = 0; c < classNames.Count; c++)
                if (text.Span.SequenceEqual(classNames[c])) return c;
            throw Unknown(row, column, text.ToString(), classNames);
        };
    }

    private static Func<ulong> KeyReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.RawType == typeof(byte)) return Read<byte>(value => value);
        if (column.Type.RawType == typeof(ushort)) return Read<ushort>(value => value);
        return column.Type.RawType == typeof(uint) ? Read<uint>(value => value) : Read<ulong>(value => value);

        Func<ulong> Read<T>(Func<T, ulong> widen) where T : unmanaged
        {
            var getter = row.GetGetter<T>(column);
            T value = default;
            return () =>
            {
                getter(ref value);
                return widen(value);
            };
        }
    }

    private static List<string> Distinct(IDataView view, DataViewSchema.Column column)
    {
        var names = new HashSet<string>();
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            getter(ref text);
            if (!text.IsEmpty) lookup.Add(text.Span);
        }
        var emotions = names.Where(name => EmotionNames.TryParse(name, out _)).ToArray();
        return emotions.Length == names.Count
            ? [.. names.OrderBy(EmotionNames.Parse).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
            if (names[i] == name) return i;
        return -1;
    }

    private static FerException Unknown(DataViewRow row, DataViewSchema.Column column, string label, IReadOnlyList<string> classNames) =>
        new($"Row {row.Position:N0}, column '{column.Name}': '{label}' is none of the classes {string.Join(", ", classNames)}. " +
            "Use data with the classes that were trained, or leave such rows out.");
}
