using Fer.Bench;
using Fer.Tests.Data;

namespace Fer.Tests.Bench;

public sealed class DataBenchmarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_readers_read_all_rows_of_a_plain_and_a_gzipped_file()
    {
        string text = FerCsv.File(100);
        var plain = DataBenchmark.Measure(_folder.Write("a.csv", text), passes: 1);
        Assert.Equal((100L, 100L), (plain.Ours.Rows, plain.CsvHelper.Rows));
        Assert.Equal(text.Length, plain.Ours.Bytes);
        Assert.Null(plain.OursGzipped);
        Assert.Equal(plain.CsvHelper.Seconds / plain.Ours.Seconds, plain.Ratio);
        var gzipped = DataBenchmark.Measure(_folder.Write("a.csv.gz", FerCsv.Gzip(text)), passes: 1);
        Assert.Equal(100L, gzipped.OursGzipped!.Rows);
        Assert.Equal(text.Length, gzipped.Ours.Bytes);
    }
}
