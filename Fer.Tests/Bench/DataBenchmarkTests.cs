using Fer.Bench;
using Fer.Tests.Data;

namespace Fer.Tests.Bench;

public sealed class DataBenchmarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_readers_read_all_rows_of_a_plain_and_a_gzipped_file()
    {
        string text = FerCsv.File(100);
        var plain = DataBenchmark.Measure(_folder.Write("a.csv", text), passes: 1);
        Assert.Equal((100L, 100L, 100L), (plain.Ours.Rows, plain.CsvHelper.Rows, plain.TextLoader.Rows));
        Assert.Equal(text.Length, plain.Ours.Bytes);
        Assert.Null(plain.OursGzipped);
        Assert.Equal(plain.TextLoader.Seconds / plain.Ours.Seconds, plain.Ratio(plain.TextLoader));
        var gzipped = DataBenchmark.Measure(_folder.Write("a.csv.gz", FerCsv.Gzip(text)), passes: 1);
        Assert.Equal(100L, gzipped.OursGzipped!.Rows);
        Assert.Equal(text.Length, gzipped.Ours.Bytes);
    }

    [Fact]
    public void Columns_in_another_order_are_found_by_their_names()
    {
        string text = $"pixels,Usage,emotion\n{FerCsv.Pixels(1)},Training,3\n{FerCsv.Pixels(2)},PublicTest,6\n";
        Assert.Equal(2L, DataBenchmark.Measure(_folder.Write("a.csv", text), passes: 1).TextLoader.Rows);
    }
}
