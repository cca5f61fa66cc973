using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Tests.Server;
using Microsoft.ML;

namespace Fer.Tests.Data;

/// <summary>
/// However a table is written or damaged, it is read, or refused with a message that names it; sound rows are read as they are.
/// </summary>
public sealed class CsvFuzzTests : IDisposable
{
    private const string Votes = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n" +
        "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0\nPublicTest,fer0000001.png,6,0,1,1,0,0,0,0,2,0\nPrivateTest,,0,0,0,0,0,0,0,0,0,10\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sound_rows_of_any_dialect_are_read_and_broken_ones_told()
    {
        Fuzz.Run(100, 51, (int _, ref RandomStream random) => OddCsv.Of(ref random), csv =>
        {
            string path = _folder.Write("odd.csv", csv.Text);
            var told = new List<string>();
            var faces = FerCsv.ReadAll(FerCsv.Load(path, new FaceViewOptions { OnBadRow = told.Add }));
            Assert.Equal(csv.Sound.Select(face => face.Emotion), faces.Select(face => face.Emotion));
            Assert.Equal(csv.Sound.SelectMany(face => face.Pixels), faces.SelectMany(face => face.Pixels));
            Assert.Equal(csv.Broken, told.Count);
            Assert.All(told, message => Assert.StartsWith($"{path}, line ", message));
        });
    }

    [Fact]
    public void Damaged_tables_of_faces_are_read_or_refused()
    {
        Fuzz.Run(150, 52, (int number, ref RandomStream random) =>
        {
            byte[] text = Encoding.UTF8.GetBytes(OddCsv.Of(ref random).Text);
            return (number % 5) switch
            {
                0 => Mutation.Of(FerCsv.Gzip(Encoding.UTF8.GetString(text)), ref random),
                1 => Encoding.Convert(Encoding.UTF8, Encoding.Unicode, text),
                // The header is where most is decided.
                2 => [.. Mutation.Of(text[..40], ref random), .. text[40..]],
                _ => Mutation.Of(text, ref random),
            };
        }, file => Named(_folder.Write("odd.csv", file), path =>
            ReadAll(path, new() { OnBadRow = _ => { } }))).MustHaveBoth(30);
    }

    [Fact]
    public void Damaged_votes_are_read_or_refused()
    {
        byte[] valid = Encoding.UTF8.GetBytes(Votes);
        Fuzz.Run(300, 53, (int _, ref RandomStream random) => Mutation.Of(valid, ref random),
            file => Named(_folder.Write("votes.csv", file), path => FerPlusVotes.Read(path))).MustHaveBoth(30);
    }

    [Fact]
    public void Damaged_lists_of_pictures_are_read_or_refused()
    {
        _folder.Write("a/one.png", RunningServer.Face(1));
        _folder.Write("a/two.png", RunningServer.Face(2));
        string[] valid = ["path,label,split\na/one.png,happy,train\na/two.png,sad,test\n", "one.png 1\ntwo.png happy\n",
            "happy;one.png\nsad;a\\two.png\n"];
        Fuzz.Run(150, 54, (int number, ref RandomStream random) => Mutation.Of(Encoding.UTF8.GetBytes(valid[number % 3]), ref random),
            file => Named(_folder.Write("list.csv", file), path => ReadAll(path))).MustHaveBoth(30);
    }

    private static void ReadAll(string path, FaceViewOptions? options = null)
    {
        var view = new MLContext().Data.LoadFaces(path, options: options);
        using var cursor = view.GetRowCursor([view.Schema[FaceColumns.Label], view.Schema[FaceColumns.Pixels]]);
        while (cursor.MoveNext()) { }
    }

    private static void Named(string path, Action<string> read)
    {
        try
        {
            read(path);
        }
        catch (FerException e)
        {
            Assert.Contains(Path.GetDirectoryName(path)!, e.Message);
            throw;
        }
    }
}
