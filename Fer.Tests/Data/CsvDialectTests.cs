using System.Diagnostics;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Data;

/// <summary>What spreadsheets, NumPy and pipes make of the FER2013 CSV.</summary>
public sealed class CsvDialectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Rows(Func<int, string> row) => string.Concat(Enumerable.Range(0, 3).Select(row));

    public static TheoryData<string> Readable() =>
    [
        "emotion;pixels;Usage\n" + Rows(i => $"{i};{FerCsv.Pixels(i)};Training\n"),
        "emotion\tpixels\tUsage\n" + Rows(i => $"{i}\t{FerCsv.Pixels(i)}\tTraining\n"),
        "label|pixels|split\n" + Rows(i => $"{i}|{FerCsv.Pixels(i)}|train\n"),
        "emotion,pixels,usage\n" + Rows(i => $"{i}.0,{FerCsv.Pixels(i).Replace(" ", ".0 ")}.0,Training\n"),
        "emotion,pixels\n" + Rows(i => $"{i}.000,{string.Join(' ', FerCsv.PixelValues(i).Select(v => $"{v}.000000e+00"))}\n"),
        $"emotion,{string.Join(',', Enumerable.Range(0, 2304).Select(p => $"pixel{p}"))},Usage\n" +
            Rows(i => $"{i},{FerCsv.Pixels(i).Replace(' ', ',')},Training\n"),
        $"{string.Join(';', Enumerable.Range(0, 2304))};label\n" + Rows(i => $"\"{FerCsv.Pixels(i).Replace(" ", "\";\"")}\";{i}\n"),
    ];

    [Theory, MemberData(nameof(Readable))]
    public void What_is_unambiguous_is_read(string text) => Check(_folder.Write("a.csv", text));

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void Any_byte_order_mark_is_heeded(string encoding)
    {
        var writer = Encoding.GetEncoding(encoding);
        byte[] text = writer.GetBytes("emotion,pixels\n" + Rows(i => $"{i},{FerCsv.Pixels(i)}\n"));
        Check(_folder.Write("marked.csv", [.. writer.GetPreamble(), .. text]));
        Check(_folder.Write("unmarked.csv", text));
    }

    private static void Check(string path)
    {
        var data = FaceDataset.Load(path, LabelScheme.Seven);
        Assert.Equal(3, data.Training.Count + data.Validation.Count + data.Test.Count);
        foreach (var usage in Enum.GetValues<Usage>())
        {
            for (int i = 0; i < data[usage].Count; i++)
            {
                int row = (int)data[usage].Row(i);
                Assert.Equal(row, data[usage].Label(i));
                Assert.Equal(FerCsv.PixelValues(row), data[usage].Pixels(i).ToArray());
            }
        }
    }

    [Theory]
    [InlineData("0,0.27 0.5,Training", "Multiply")]
    [InlineData("0,1 2 3,training", "3 values where a face has 2,304")]
    [InlineData("9,1 2 3,Training", "--map 0=neutral")]
    [InlineData("0,1 2 3,Practice", "train, val and test")]
    public void A_row_that_is_not_is_named(string row, string expected) => Assert.Contains(expected,
        Refusal(Encoding.UTF8.GetBytes($"emotion,pixels,Usage\n{row}\n")));

    [Fact]
    public void A_file_of_another_kind_is_called_what_it_is()
    {
        Assert.Contains("a tar archive",
            Refusal([.. "fer2013/"u8, .. new byte[249], .. "ustar"u8, .. new byte[250], .. "emotion,pixels\n"u8]));
        Assert.Contains("a zip archive", Refusal("PK\u0003\u0004 and more\n"u8));
        Assert.Contains("web page", Refusal("  <!DOCTYPE html>\n<html>\n"u8));
        Assert.Contains("git lfs pull", Refusal("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"u8));
        Assert.Contains("not text", Refusal([1, 0, 2, 0, 0, 0, (byte)'\n']));
        Assert.Contains("2,304 of them", Refusal(Encoding.UTF8.GetBytes($"emotion,{string.Join(',', Enumerable.Range(0, 100))}\n")));
    }

    private string Refusal(ReadOnlySpan<byte> bytes)
    {
        string path = _folder.Write("renamed.csv", bytes.ToArray());
        return Assert.Throws<FerException>(() => FaceDataset.Load(path, LabelScheme.Seven)).Message;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_is_read_as_often_as_it_takes(bool gzip)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes in folders are of Unix.");
        string pipe = _folder.File("pipe");
        using (var mkfifo = Process.Start("mkfifo", [pipe])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        string text = "emotion,pixels\n" + Rows(i => $"{(i == 1 ? "bored" : "engaged")},{FerCsv.Pixels(i)}\n");
        byte[] bytes = gzip ? FerCsv.Gzip(text) : Encoding.UTF8.GetBytes(text);
        // The names are read before the faces: twice what comes once.
        var writer = Task.Run(() => File.WriteAllBytes(pipe, bytes), TestContext.Current.CancellationToken);
        var data = FaceDataset.Load(pipe);
        Assert.Equal(["bored", "engaged"], data.Scheme.ClassNames);
        Assert.Equal(3, data.Training.Count + data.Validation.Count + data.Test.Count);
        await writer;
    }

    [Fact]
    public void A_pipe_that_is_long_is_given_in_pieces_and_whole()
    {
        var bytes = new byte[(1 << 20) + 5];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i * 7 >> 3);
        var piped = new PipedFile(new MemoryStream(bytes));
        for (int time = 0; time < 2; time++)
        {
            using var copy = new MemoryStream();
            using var stream = piped.Open();
            stream.CopyTo(copy, 1000);
            Assert.True(bytes.AsSpan().SequenceEqual(copy.ToArray()));
        }
    }
}
