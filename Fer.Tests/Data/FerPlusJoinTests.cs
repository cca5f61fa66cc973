using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Tests.Data;

/// <summary>Votes that belong to other rows, and votes joined by picture.</summary>
public sealed class FerPlusJoinTests : IDisposable
{
    private const string Header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

    // Place of each emotion's votes in FER+'s columns, by FER2013's number.
    private static readonly int[] Column = [4, 5, 6, 1, 3, 2, 0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // As in FER2013: three fifths of the majorities are the label.
    private static string Votes(int rows, Func<int, int> labelOf)
    {
        var text = new System.Text.StringBuilder(Header);
        for (int row = 0; row < rows; row++)
        {
            var random = new RandomStream(5, row);
            int emotion = random.NextInt32(10) < 6 ? labelOf(row) : random.NextInt32(7);
            var votes = new int[10];
            votes[Column[emotion]] = 7;
            votes[8] = 1;
            text.Append($"Training,fer{row:D7}.png,{string.Join(',', votes)}\n");
        }
        return text.ToString();
    }

    private static int Label(int row) => new RandomStream(9, row).NextInt32(7);

    private string Faces(int rows, Func<int, int> original) => _folder.Write("fer2013.csv", "emotion,pixels,Usage\n" + string.Concat(
        Enumerable.Range(0, rows).Select(row => $"{Label(original(row))},{FerCsv.Pixels(original(row))},Training\n")));

    private string Fault(int rows, Func<int, int> original)
    {
        string votes = _folder.Write("votes/fer2013new.csv", Votes(rows + 1, Label)), faces = Faces(rows, original);
        return Assert.Throws<FerException>(() =>
            FaceDataset.Load(faces, LabelScheme.Eight, new FaceDataOptions { FerPlusFile = votes })).Message;
    }

    [Fact]
    public void Votes_in_the_order_of_the_rows_are_joined()
    {
        string votes = _folder.Write("votes.csv", Votes(400, Label));
        var data = FaceDataset.Load(Faces(400, row => row), LabelScheme.Eight, new FaceDataOptions { FerPlusFile = votes });
        Assert.Equal(400, data.Training.Count + data.Validation.Count);
    }

    [Fact]
    public void Shuffled_rows_are_refused_from_the_first_on()
    {
        string fault = Fault(150, row => row * 67 % 150);
        Assert.Matches("from row [1-9] on the votes are not those of the faces", fault);
        Assert.Contains("where about 60 % is right", fault);
    }

    [Fact]
    public void A_row_that_is_missing_is_named()
    {
        string fault = Fault(200, row => row < 120 ? row : row + 1);
        var match = System.Text.RegularExpressions.Regex.Match(fault, @"from row (\d+) on .*Before it .* was the label in (\d+) %");
        Assert.True(match.Success, fault);
        Assert.InRange(int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 110, 130);
        Assert.InRange(int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture), 50, 80);
    }

    [Fact]
    public void The_real_votes_are_those_of_the_real_rows()
    {
        Assert.SkipWhen(TestPaths.SharedData is null, TestPaths.NoSharedData);
        var votes = FerPlusVotes.Read(Path.Combine(TestPaths.SharedData!, FerPlusVotes.FileName));
        var agreement = new FerPlusAgreement();
        var ten = new float[FerPlusVotes.VoteCount];
        // Labels alone: the first character of each line.
        var file = new DataInput(Path.Combine(TestPaths.SharedData!, "fer2013.csv.gz"));
        using var reader = new ByteLineReader(file.Open(), file.Path);
        reader.MoveNext();
        for (int row = 0; row < 3000 && reader.MoveNext(); row++)
        {
            votes.CopyTo(row, ten);
            Assert.Null(agreement.Add(row, EmotionNames.All[reader.Line[0] - '0'], ten));
        }
    }

    [Fact]
    public void FER_plus_folders_join_by_picture_in_any_order()
    {
        _folder.Write("ferplus/fer2013new.csv", Votes(40, Label));
        for (int row = 0; row < 40; row++)
        {
            string folder = row < 30 ? "FER2013Train" : "FER2013Test";
            _folder.Write($"ferplus/data/{folder}/fer{row:D7}.png",
                PngEncoder.Encode(new GrayImage(Face.Side, Face.Side, FerCsv.PixelValues(row))));
        }
        string faces = Faces(40, row => row * 7 % 40);
        var data = FaceDataset.Load(faces, LabelScheme.Eight, new FaceDataOptions { FerPlusFile = _folder.File("ferplus") });
        Assert.Equal(40, data.Training.Count + data.Validation.Count);
        var votes = FerPlusVotes.Read(_folder.File("ferplus/fer2013new.csv"));
        var ten = new float[FerPlusVotes.VoteCount];
        for (int i = 0; i < data.Training.Count; i++)
        {
            votes.CopyTo((int)data.Training.Row(i) * 7 % 40, ten);
            Assert.Equal(FerPlusTarget.Most(ten), data.Training.Label(i));
        }
        // Joined by row, the same faces are refused, and the folder is offered.
        string shuffled = Faces(90, row => row * 7 % 40);
        string byRow = _folder.File("ferplus/fer2013new.csv");
        _folder.Write("ferplus/fer2013new.csv", Votes(90, Label));
        Assert.Contains($"--fer-plus {_folder.File("ferplus")}", Assert.Throws<FerException>(() =>
            FaceDataset.Load(shuffled, LabelScheme.Eight, new FaceDataOptions { FerPlusFile = byRow })).Message);
    }

    [Fact]
    public void Faces_that_are_not_FER_plus_pictures_are_refused()
    {
        _folder.Write("ferplus/fer2013new.csv", Votes(2, Label));
        var black = new GrayImage(Face.Side, Face.Side, new byte[Face.PixelCount]);
        _folder.Write("ferplus/FER2013Train/fer0000000.png", PngEncoder.Encode(black));
        string faces = Faces(201, row => row);
        Assert.Contains("of the first 200 faces", Assert.Throws<FerException>(() =>
            FaceDataset.Load(faces, LabelScheme.Eight, new FaceDataOptions { FerPlusFile = _folder.File("ferplus") })).Message);
    }
}
