using Fer.Pipeline;
using Fer.Pipeline.Data;

namespace Fer.Tests.Data;

/// <summary>What a user is told about a broken file: the file, the line, the place, the remedy.</summary>
public sealed class FerCsvErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly string Sound = $"3,{FerCsv.Pixels(0)},Training\n";

    [Fact]
    public void Missing_file_is_named_with_the_nearest_there_is()
    {
        _folder.Write("fer2013.csv", "x");
        string path = _folder.File("fer2103.csv");
        AssertError(path, path, "no such file", "'fer2013.csv'");
        AssertError(_folder.File("nowhere/a.csv"), "nowhere", "does not exist");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n\n", "no line of text")]
    public void Empty_file_is_said_to_be_empty(string text, string expected) =>
        AssertError(_folder.Write("a.csv", text), "a.csv", expected, "again");

    [Fact]
    public void Gzip_of_no_text_is_said_to_hold_no_text() =>
        AssertError(_folder.Write("a.csv.gz", FerCsv.Gzip("\n")), "a.csv.gz", "no line of text");

    [Fact]
    public void Wrong_header_names_what_is_missing_and_the_nearest_column()
    {
        string misspelt = _folder.Write("a.csv", $"emotoin,pixels\n{Sound}");
        AssertError(misspelt, "a.csv, line 1", "no column 'emotion'", "Rename the column 'emotoin'");
        AssertError(_folder.Write("b.csv", "pixels\n70 80\n"), "b.csv, line 1", "no column 'emotion'", "emotion,pixels,Usage");
        AssertError(_folder.Write("c.csv", "emotion,Usage\n1,Training\n"), "c.csv, line 1", "no column 'pixels'");
        AssertError(_folder.Write("d.csv", "a,\"b\n"), "d.csv, line 1", "not a CSV header");
    }

    [Fact]
    public void Missing_header_is_told_from_a_wrong_one() =>
        AssertError(_folder.Write("a.csv", Sound), "line 1", "looks like a row", "emotion,pixels,Usage");

    [Fact]
    public void Duplicated_column_is_named_with_both_places() =>
        AssertError(_folder.Write("a.csv", $"emotion,pixels,Emotion\n{Sound}"),
            "a.csv, line 1", "'emotion' is there twice", "columns 1 and 3");

    [Fact]
    public void Row_with_2303_pixels_is_named_with_line_and_column() =>
        AssertError(Row($"3,{FerCsv.Pixels(0, 2303)},Training"),
            "a.csv, line 3, column 3 (pixels)", "2,303 values", "2,304", "--skip-bad-rows");

    [Fact]
    public void Row_with_2305_pixels_is_named_too() =>
        AssertError(Row($"3,{FerCsv.Pixels(0, 2305)},Training"), "a.csv, line 3", "2,305 values");

    [Theory]
    [InlineData("256")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1000")]
    public void Pixel_that_is_no_grey_value_is_named_with_its_place(string pixel)
    {
        string pixels = $"1 22 {pixel} {FerCsv.Pixels(0, 2301)}";
        AssertError(Row($"3,{pixels},Training"), "a.csv, line 3, column 8 (pixels, value 3)", $"'{pixel}'", "0 to 255");
    }

    [Theory]
    [InlineData("7", "7 is not an emotion", "0 to 6")]
    [InlineData("hapy", "'hapy' is not an emotion", "'happy'")]
    [InlineData("", "'' is not an emotion", "angry")]
    public void Unknown_emotion_is_named_with_its_place(string emotion, params string[] expected) =>
        AssertError(Row($"{emotion},{FerCsv.Pixels(0)},Training"), ["a.csv, line 3, column 1 (emotion)", .. expected]);

    [Fact]
    public void Unknown_usage_is_named_with_the_nearest() =>
        AssertError(Row($"3,{FerCsv.Pixels(0)},PubilcTest"), "a.csv, line 3", "(Usage)", "'PubilcTest'", "Did you mean 'PublicTest'?");

    [Fact]
    public void Missing_and_extra_fields_are_counted()
    {
        AssertError(Row("3,1 2 3"), "a.csv, line 3", "2 fields", "has 3");
        AssertError(Row("3,1 2 3,Training,4"), "a.csv, line 3", "4 fields", "has 3");
        AssertError(Row("3,\"1 2 3,Training"), "a.csv, line 3", "quote");
    }

    [Fact]
    public void Truncated_gzip_is_said_to_be_truncated_wherever_it_ends()
    {
        byte[] whole = FerCsv.Gzip(FerCsv.File(40));
        int all = whole.Length;
        foreach (int kept in (int[])[12, all / 3, all / 2, all - 20, all - 9, all - 8, all - 1])
            AssertError(_folder.Write("a.csv.gz", whole[..kept]), "a.csv.gz", "truncated or damaged", "again");
    }

    [Fact]
    public void Damaged_gzip_is_found_by_its_checksum()
    {
        byte[] whole = FerCsv.Gzip(FerCsv.File(40));
        whole[^6] ^= 1;
        AssertError(_folder.Write("a.csv.gz", whole), "a.csv.gz", "truncated or damaged");
    }

    [Fact]
    public void Text_named_gz_is_said_to_be_no_gzip() =>
        AssertError(_folder.Write("a.csv.gz", FerCsv.File(1)), "a.csv.gz", "not a gzip file", "Rename");

    [Fact]
    public void Gzip_without_the_name_is_read_all_the_same() =>
        Assert.Single(FerCsv.ReadAll(FerCsv.Load(_folder.Write("a.csv", FerCsv.Gzip(FerCsv.File(1))))));

    [Fact]
    public void Endless_line_takes_no_endless_memory()
    {
        var bytes = new byte[3 << 20];
        bytes.AsSpan().Fill((byte)'1');
        AssertError(_folder.Write("a.csv", bytes), "a.csv, line 1", "longer than");
    }

    [Fact]
    public void Bad_rows_are_skipped_and_told_where_asked_but_a_wrong_header_still_fails()
    {
        string text = $"emotion,pixels,Usage\n{Sound}7,{FerCsv.Pixels(1)},Training\n{Sound}1,2 3,Training\n1,x\n{Sound}";
        var told = new List<string>();
        var options = new FaceViewOptions { OnBadRow = told.Add };
        var faces = FerCsv.ReadAll(FerCsv.Load(_folder.Write("a.csv", text), options));
        Assert.Equal([0L, 2L, 5L], faces.Select(face => face.Row));
        Assert.Equal(3, told.Count);
        Assert.Contains("line 3", told[0]);
        Assert.Contains("line 5", told[1]);
        Assert.Contains("line 6", told[2]);
        // A row is sound or not whatever columns are asked for.
        var view = FerCsv.Load(_folder.File("a.csv"), options);
        using var cursor = view.GetRowCursor([view.Schema[FaceColumns.Label]]);
        int rows = 0;
        while (cursor.MoveNext()) rows++;
        Assert.Equal(3, rows);
        Assert.Throws<FerException>(() => FerCsv.ReadAll(FerCsv.Load(_folder.Write("b.csv", "a,b\n1,2\n"), options)));
    }

    private string Row(string row) => _folder.Write("a.csv", $"emotion,pixels,Usage\n{Sound}{row}\n{Sound}");

    private static void AssertError(string path, params string[] expected)
    {
        var error = Assert.Throws<FerException>(() => FerCsv.ReadAll(FerCsv.Load(path)));
        foreach (string part in expected) Assert.Contains(part, error.Message);
    }
}
