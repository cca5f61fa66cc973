using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Data;

public sealed class DataViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private FerCsvView View(int rows) => new(_folder.Write("a.csv", FerCsv.File(rows)), new FaceViewOptions());

    [Fact]
    public void The_schema_tells_names_types_and_what_keys_stand_for()
    {
        var schema = View(1).Schema;
        Assert.Equal(["Emotion", "Pixels", "Usage", "Row"], schema.Select(column => column.Name));
        Assert.Equal([0, 1, 2, 3], schema.Select(column => column.Index));
        Assert.Equal(EmotionNames.All, schema["Emotion"].Annotations.KeyValues);
        Assert.Equal(8, Assert.IsType<KeyDataViewType>(schema["Emotion"].Type).Count);
        var pixels = Assert.IsType<VectorDataViewType>(schema["Pixels"].Type);
        Assert.Equal((2304, (DataViewType)NumberDataViewType.Byte), (pixels.Size, pixels.ItemType));
        Assert.Null(schema.GetColumnOrNull("pixel"));
        Assert.Contains("'Pixels'", Assert.Throws<ArgumentException>(() => schema["pixel"]).Message);
    }

    [Fact]
    public void A_filter_keeps_the_rows_that_please_even_by_a_column_not_asked_for()
    {
        var view = View(30).FilterRows<uint>("Emotion", key => key == (uint)Emotion.Sad + 1);
        Assert.Equal([4L, 11L, 18L, 25L], FerCsv.ReadAll(view).Select(face => face.Row));
        using var cursor = view.GetRowCursor([view.Schema["Row"]]);
        int rows = 0;
        while (cursor.MoveNext()) rows++;
        Assert.Equal(4, rows);
        Assert.Empty(FerCsv.ReadAll(View(30).FilterByUsage(Usage.PrivateTest)));
    }

    [Fact]
    public void Shuffled_rows_are_the_same_rows_in_an_order_the_seed_fixes()
    {
        long[] Order(long seed) => [.. FerCsv.ReadAll(View(40).ShuffleRows(seed)).Select(face => face.Row)];
        Assert.Equal(Order(3), Order(3));
        Assert.NotEqual(Order(3), Order(4));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), Order(3).Order());
        Assert.All(FerCsv.ReadAll(View(40).ShuffleRows(3)), face => Assert.Equal(FerCsv.PixelValues((int)face.Row), face.Pixels));
    }

    [Fact]
    public void A_cache_reads_its_source_once_and_a_caller_cannot_write_into_it()
    {
        var view = View(5).Cache();
        Assert.Null(view.GetRowCount());
        var first = FerCsv.ReadAll(view);
        File.Delete(_folder.File("a.csv"));
        // Reads into one buffer over and over, which must not reach the cache.
        var second = FerCsv.ReadAll(view);
        var third = FerCsv.ReadAll(view);
        Assert.Equal(5, view.GetRowCount());
        Assert.Equal(first.Select(face => face.Pixels), second.Select(face => face.Pixels));
        Assert.Equal(first.Select(face => face.Pixels), third.Select(face => face.Pixels));
    }

    [Fact]
    public void A_cache_reads_a_column_only_when_it_is_asked_for()
    {
        string path = _folder.Write("b.csv", "emotion,pixels,Usage\n3,broken,Training\n");
        var view = new FerCsvView(path, new FaceViewOptions()).Cache();
        using var cursor = view.GetRowCursor([view.Schema["Emotion"]]);
        Assert.True(cursor.MoveNext());
        Assert.Throws<Fer.Pipeline.FerException>(() => FerCsv.ReadAll(view));
        // After the failure what was read before is still good.
        using var again = view.GetRowCursor([view.Schema["Emotion"]]);
        Assert.True(again.MoveNext());
        Assert.False(again.MoveNext());
    }

    [Fact]
    public void A_column_of_another_view_is_refused() =>
        Assert.Throws<ArgumentException>(() => View(1).GetRowCursor([FaceColumns.SchemaWithVotes["Votes"]]));
}
