using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.Data;

public sealed class FerCsvReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly string P0 = FerCsv.Pixels(0), P1 = FerCsv.Pixels(1);

    public static TheoryData<string, string> Layouts() => new()
    {
        { "plain", $"emotion,pixels,Usage\n3,{P0},Training\n6,{P1},PublicTest\n" },
        { "no last line end", $"emotion,pixels,Usage\n3,{P0},Training\n6,{P1},PublicTest" },
        { "CRLF", $"emotion,pixels,Usage\r\n3,{P0},Training\r\n6,{P1},PublicTest\r\n" },
        { "CR alone, as old programs for the Mac wrote", $"emotion,pixels,Usage\r3,{P0},Training\r6,{P1},PublicTest\r" },
        { "pixels as lists", $"emotion,pixels,Usage\n3,\"[{P0.Replace(" ", ", ")}]\",Training\n6,\"{P1.Replace(' ', ',')}\",PublicTest\n" },
        { "blank lines", $"\nemotion,pixels,Usage\n3,{P0},Training\n\n6,{P1},PublicTest\n\n  \r\n\n" },
        { "byte order mark", $"\uFEFFemotion,pixels,Usage\n3,{P0},Training\n6,{P1},PublicTest\n" },
        { "quoted header", $"\"emotion\",\"pixels\",\"Usage\"\n3,{P0},Training\n6,{P1},PublicTest\n" },
        { "quoted fields", $"emotion,pixels,Usage\n\"3\",\"{P0}\",\"Training\"\n\"6\",\"{P1}\",\"PublicTest\"\n" },
        { "order of icml_face_data.csv", $"emotion, Usage, pixels\n3,Training,{P0}\n6,PublicTest,{P1}\n" },
        { "pixels first", $"pixels,Usage,emotion\n{P0},Training,3\n{P1},PublicTest,6\n" },
        { "more columns", $"id,emotion,note,pixels,Usage\n1,3,\"a, \"\"b\"\"\",{P0},Training\n2,6,,{P1},PublicTest\n" },
        { "names for numbers", $"Emotion,Pixels,usage\nHappiness,{P0},training\nNEUTRAL,{P1},publictest\n" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_layout_gives_the_same_faces_plain_and_gzipped(string layout, string text)
    {
        string[] files = [_folder.Write("a.csv", Encoding.UTF8.GetBytes(text)), _folder.Write("a.csv.gz", FerCsv.Gzip(text))];
        foreach (string path in files)
        {
            var faces = FerCsv.ReadAll(FerCsv.Load(path));
            Assert.True(faces.Count == 2, layout);
            Assert.Equal((Emotion.Happy, Usage.Training, 0L), (faces[0].Emotion, faces[0].Usage, faces[0].Row));
            Assert.Equal((Emotion.Neutral, Usage.PublicTest, 1L), (faces[1].Emotion, faces[1].Usage, faces[1].Row));
            Assert.Equal(FerCsv.PixelValues(0), faces[0].Pixels);
            Assert.Equal(FerCsv.PixelValues(1), faces[1].Pixels);
        }
    }

    [Fact]
    public void What_no_row_can_be_read_from_is_named()
    {
        string text = $"emotion,pixels,Usage\n3,{P0},Training\n6,{P1},PublicTest\n";
        byte[] utf32 = [.. Encoding.UTF32.GetPreamble(), .. Encoding.UTF32.GetBytes(text)];
        Assert.Equal(2, FerCsv.ReadAll(FerCsv.Load(_folder.Write("a.csv", utf32))).Count);
        string twice = _folder.Write("a.csv.gz", FerCsv.Gzip(FerCsv.Gzip(text)));
        Assert.Contains("gzip twice", Assert.Throws<FerException>(() => FerCsv.ReadAll(FerCsv.Load(twice))).Message);
        string latin = _folder.Write("b.csv", Encoding.Latin1.GetBytes($"emotion,pixels\nmüde,{P0}\n"));
        Assert.Contains("line 2, column 1 (emotion): 'm\uFFFDde' is not UTF-8",
            Assert.Throws<FerException>(() => FerCsv.ReadAll(FerCsv.Load(latin))).Message);
    }

    [Fact]
    public void A_column_not_asked_for_is_not_read()
    {
        string path = _folder.Write("a.csv", "emotion,pixels,Usage\n3,not pixels,neither a split\n");
        IDataView view = FerCsv.Load(path);
        using var cursor = view.GetRowCursor([view.Schema[FaceColumns.Label]]);
        var getter = cursor.GetGetter<uint>(view.Schema[FaceColumns.Label]);
        Assert.True(cursor.MoveNext());
        uint key = 0;
        getter(ref key);
        Assert.Equal((uint)Emotion.Happy + 1, key);
        Assert.False(cursor.IsColumnActive(view.Schema[FaceColumns.Pixels]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<byte>>(view.Schema[FaceColumns.Pixels]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(view.Schema[FaceColumns.Label]));
    }

    [Fact]
    public void Nothing_is_read_before_the_cursor_moves()
    {
        IDataView view = FerCsv.Load(_folder.File("absent.csv"));
        using var cursor = view.GetRowCursor(view.Schema);
        cursor.GetGetter<long>(view.Schema[FaceColumns.Row]);
        Assert.Throws<FerException>(() => cursor.MoveNext());
    }

    [Fact]
    public void Rows_without_usage_are_split_alike_in_each_class_and_by_seed()
    {
        var text = new StringBuilder("emotion,pixels\n");
        string pixels = FerCsv.Pixels(0);
        for (int i = 0; i < 210; i++) text.Append($"{i % 7},{pixels}\n");
        string path = _folder.Write("a.csv", text.ToString());
        var faces = FerCsv.ReadAll(FerCsv.Load(path, new FaceViewOptions { Seed = 5 }));
        foreach (var ofClass in faces.GroupBy(face => face.Emotion))
        {
            Assert.Equal(24, ofClass.Count(face => face.Usage == Usage.Training));
            Assert.Equal(3, ofClass.Count(face => face.Usage == Usage.PublicTest));
            Assert.Equal(3, ofClass.Count(face => face.Usage == Usage.PrivateTest));
        }
        Usage[] Splits(long seed) => [.. FerCsv.ReadAll(FerCsv.Load(path, new FaceViewOptions { Seed = seed })).Select(face => face.Usage)];
        Assert.Equal(faces.Select(face => face.Usage), Splits(5));
        Assert.NotEqual(Splits(5), Splits(6));
    }

    [Fact]
    public void Rows_longer_than_the_read_buffer_are_read_whole()
    {
        string note = new('n', 700_000);
        string path = _folder.Write("a.csv", $"note,emotion,pixels,Usage\n{note},3,{P0},Training\n{note},6,{P1},Training\n");
        var faces = FerCsv.ReadAll(FerCsv.Load(path));
        Assert.Equal(FerCsv.PixelValues(1), faces[1].Pixels);
    }

    [Fact]
    public void The_real_file_has_its_usual_rows_and_classes_plain_and_gzipped()
    {
        Assert.SkipUnless(TestPaths.SharedData is not null, TestPaths.NoSharedData);
        string gz = Path.Combine(TestPaths.SharedData, "fer2013.csv.gz");
        string plain = _folder.File("fer2013.csv");
        using (var from = new DataInput(gz).Open())
        using (var to = File.Create(plain)) from.CopyTo(to);
        int[] usual = [3995, 436, 4097, 7215, 4830, 3171, 4965];
        foreach (string path in (string[])[gz, plain])
        {
            IDataView view = FerCsv.Load(path);
            using var cursor = view.GetRowCursor(view.Schema);
            var emotion = cursor.GetGetter<uint>(view.Schema[FaceColumns.Label]);
            var usage = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema[FaceColumns.Usage]);
            var counts = new int[7];
            int validation = 0;
            uint key = 0;
            ReadOnlyMemory<char> split = default;
            while (cursor.MoveNext())
            {
                emotion(ref key);
                usage(ref split);
                if (split.Span is "Training") counts[key - 1]++;
                else if (split.Span is "PublicTest") validation++;
            }
            Assert.Equal(28_709, counts.Sum());
            Assert.Equal(3_589, validation);
            for (int c = 0; c < 7; c++) Assert.InRange(counts[c], usual[c] - 5, usual[c] + 5);
        }
    }
}
