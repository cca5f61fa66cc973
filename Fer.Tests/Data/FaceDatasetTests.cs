using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Microsoft.ML;

namespace Fer.Tests.Data;

public sealed class FaceDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Csv()
    {
        string text = FerCsv.File(140);
        foreach (var (from, rows) in (ReadOnlySpan<(string, int)>)[("PublicTest", 21), ("PrivateTest", 14)])
            text += string.Concat(Enumerable.Range(0, rows).Select(i => $"{i % 7},{FerCsv.Pixels(1000 + i)},{from}\n"));
        return _folder.Write("fer2013.csv", text);
    }

    [Fact]
    public void More_faces_than_an_array_holds_cannot_be_selected()
    {
        var one = new FaceSet(["a"], new byte[Face.PixelCount], [0], [0L]);
        var e = Assert.Throws<FerException>(() => one.Select(new int[1_000_000]));
        Assert.Contains("1,000,000 faces", e.Message);
    }

    [Fact]
    public void A_csv_becomes_three_sets_with_pixels_labels_and_rows()
    {
        var data = FaceDataset.Load(Csv(), LabelScheme.Seven);
        Assert.Equal((140, 21, 14), (data.Training.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(FerCsv.PixelValues(77), data.Training.Pixels(77).ToArray());
        Assert.Equal(0, data.Training.Label(77));
        Assert.Equal(141L, data.Validation.Row(1));
        Assert.Equal(FerCsv.PixelValues(1013), data.Test.Pixels(13).ToArray());
        Assert.Same(data.Test, data[Usage.PrivateTest]);
        Assert.False(data.IsSample);
        Assert.Empty(data.Notes);
    }

    [Fact]
    public void A_scheme_leaves_out_and_joins()
    {
        var three = FaceDataset.Load(Csv(), LabelScheme.Three);
        Assert.Equal((60, 9, 6), (three.Training.Count, three.Validation.Count, three.Test.Count));
        Assert.Equal(100, three.LeftOutCount);
        Assert.Equal([20, 20, 20], three.Training.CountByClass());
        Assert.Equal([40, 20, 20, 20, 20, 20], FaceDataset.Load(Csv(), LabelScheme.Six).Training.CountByClass());
    }

    [Fact]
    public void Without_public_test_a_share_of_each_class_becomes_validation_and_a_note_says_so()
    {
        string path = _folder.Write("a.csv", FerCsv.File(140));
        var data = FaceDataset.Load(path, LabelScheme.Seven, new FaceDataOptions { Seed = 9 });
        Assert.All(data.Validation.CountByClass(), count => Assert.Equal(2, count));
        Assert.All(data.Training.CountByClass(), count => Assert.Equal(18, count));
        Assert.Contains(data.Notes, note => note.Contains("14 Training faces") && note.Contains("seed 9"));
        Assert.Equal(data.Validation.Sha256, FaceDataset.Load(path, LabelScheme.Seven, new FaceDataOptions { Seed = 9 }).Validation.Sha256);
        var other = FaceDataset.Load(path, LabelScheme.Seven, new FaceDataOptions { Seed = 10 });
        Assert.NotEqual(data.Validation.Sha256, other.Validation.Sha256);
    }

    [Fact]
    public void Bad_rows_stop_the_reading_or_are_counted()
    {
        string path = _folder.Write("a.csv", FerCsv.File(20) + $"7,{FerCsv.Pixels(1)},Training\n1,2,Training\n");
        Assert.Contains("line 22", Assert.Throws<FerException>(() => FaceDataset.Load(path, LabelScheme.Seven)).Message);
        var data = FaceDataset.Load(path, LabelScheme.Seven, new FaceDataOptions { SkipBadRows = true });
        Assert.Equal(2, data.SkippedCount);
        Assert.Contains("line 23", data.SkippedMessages[1]);
        Assert.Equal(20, data.Training.Count + data.Validation.Count);
    }

    [Fact]
    public void A_folder_of_images_is_read_by_split_and_emotion_name()
    {
        Image("train/happy/1.png", 48, 200);
        Image("train/Sadness/1.png", 96, 10);
        Image("test/happy/1.png", 30, 90);
        var two = FaceDataset.Load(_folder.Path, LabelScheme.Seven);
        Assert.Equal((2, 1, 0), (two.Training.Count, two.Validation.Count, two.Test.Count));
        Assert.Equal([(int)Emotion.Sad, (int)Emotion.Happy], two.Training.Labels.ToArray());
        Assert.Equal(10, two.Training.Pixels(0)[100]);
        Assert.Equal(200, two.Training.Pixels(1)[100]);

        Image("validation/fear/1.png", 48, 50);
        var three = FaceDataset.Load(_folder.Path, LabelScheme.Seven);
        Assert.Equal((2, 1, 1), (three.Training.Count, three.Validation.Count, three.Test.Count));
        Assert.Equal((int)Emotion.Fear, three.Validation.Label(0));
    }

    [Fact]
    public void Pictures_of_every_kind_are_faces_of_a_folder()
    {
        foreach (string name in (string[])["gray.jpg", "lossy.webp", "palette.gif", "palette.bmp", "baseline-420.png"])
            _folder.Write("train/happy/" + name, Images.GoldenPictures.Read(name));
        Image("test/sad/1.png", 48, 90);
        Assert.Equal(5, FaceDataset.Load(_folder.Path, LabelScheme.Seven).Training.Count);
    }

    [Fact]
    public void Folders_of_emotions_alone_are_split_and_a_shuffle_keeps_the_splits()
    {
        for (int i = 0; i < 40; i++) Image($"{(i % 2 == 0 ? "happy" : "sad")}/{i:D2}.png", 48, (byte)i);
        var view = new MLContext().Data.LoadFaceFolder(_folder.Path);
        var plain = FerCsv.ReadAll(view);
        Assert.Equal((32, 4, 4), (Count(Usage.Training), Count(Usage.PublicTest), Count(Usage.PrivateTest)));
        var shuffled = FerCsv.ReadAll(new MLContext(1).Data.ShuffleRows(view, 1));
        Assert.NotEqual(plain.Select(face => face.Row), shuffled.Select(face => face.Row));
        Assert.All(shuffled, face =>
            Assert.Equal((plain[(int)face.Row].Usage, plain[(int)face.Row].Pixels[0]), (face.Usage, face.Pixels[0])));

        int Count(Usage usage) => plain.Count(face => face.Usage == usage);
    }

    [Fact]
    public void A_broken_image_and_a_jpeg_are_named_or_skipped_and_an_unknown_folder_is_named()
    {
        Image("train/happy/1.png", 48, 200);
        _folder.Write("train/happy/2.png", [1, 2, 3]);
        _folder.Write("train/happy/3.jpg", [0xFF, 0xD8, 0xFF, 0xE0]);
        Assert.Contains("2.png", Assert.ThrowsAny<FerException>(() => FaceDataset.Load(_folder.Path, LabelScheme.Seven)).Message);
        var data = FaceDataset.Load(_folder.Path, LabelScheme.Seven, new FaceDataOptions { SkipBadRows = true });
        Assert.Equal((1, 2), (data.Training.Count, data.SkippedCount));
        Assert.Contains("JPEG", data.SkippedMessages[1]);

        Image("train/hapy/1.png", 48, 200);
        Assert.Contains("'happy'", Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path, LabelScheme.Seven)).Message);
    }

    [Fact]
    public void A_folder_that_holds_the_csv_is_as_good_as_its_path()
    {
        Csv();
        Assert.EndsWith("fer2013.csv", FaceDataset.Load(_folder.Path, LabelScheme.Seven).Source);
    }

    [Fact]
    public void Nothing_usable_is_told_with_what_to_do()
    {
        Assert.Contains("train/<class>", Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path, LabelScheme.Seven)).Message);
        var missing = Assert.Throws<FerException>(() => FaceDataset.Load(_folder.File("x.csv"), LabelScheme.Seven));
        Assert.Contains("no such file", missing.Message);
        string archive = _folder.Write("fer2013.tar.gz", "x");
        Assert.Contains("Unpack", Assert.Throws<FerException>(() => FaceDataset.Load(archive, LabelScheme.Seven)).Message);
        string fear = _folder.Write("fear.csv", $"emotion,pixels,Usage\n2,{FerCsv.Pixels(1)},Training\n");
        Assert.Contains("no face", Assert.Throws<FerException>(() => FaceDataset.Load(fear, LabelScheme.Three)).Message);
        Assert.Throws<FerUsageException>(() => FaceDataset.Load(fear, LabelScheme.Seven, new FaceDataOptions { SampleCount = 0 }));
        Assert.Throws<FerUsageException>(() => FaceDataset.Load(fear, LabelScheme.Seven, new FaceDataOptions { ValidationShare = 1 }));
    }

    [Fact]
    public void Without_data_faces_are_drawn_and_the_notes_say_where_to_get_the_real_ones()
    {
        Assert.SkipWhen(DataLocator.Find() is not null, "The folder data holds data.");
        var data = FaceDataset.Load(null, LabelScheme.Seven, new FaceDataOptions { SampleCount = 210 });
        Assert.True(data.IsSample);
        Assert.Equal((168, 21, 21), (data.Training.Count, data.Validation.Count, data.Test.Count));
        Assert.Contains(data.Notes, note => note.Contains("Kaggle") && note.Contains(DataLocator.DataFolder));
    }

    [Fact]
    public void Reading_tells_how_far_it_is_and_of_how_many_where_that_is_known()
    {
        for (int i = 0; i < 300; i++) Image($"{(i % 2 == 0 ? "happy" : "sad")}/{i}.png", Face.Side, (byte)(i % 200));
        var heard = new List<FaceReadProgress>();
        var options = new FaceDataOptions { Progress = new Listener(heard.Add) };
        FaceDataset.Load(_folder.Path, null, options);
        Assert.Equal([new FaceReadProgress(256, 300)], heard);
        FaceDataAnalysis.Analyze(_folder.Path, options);
        Assert.Equal(2, heard.Count);

        string csv = Path.Combine(_folder.Path, "faces.csv");
        SampleFaces.WriteCsv(csv, 600, seed: 1);
        heard.Clear();
        FaceDataset.Load(csv, LabelScheme.Seven, options);
        Assert.Equal([new FaceReadProgress(256, null), new FaceReadProgress(512, null)], heard);
    }

    private sealed class Listener(Action<FaceReadProgress> hear) : IProgress<FaceReadProgress>
    {
        public void Report(FaceReadProgress value) => hear(value);
    }

    private void Image(string name, int side, byte value)
    {
        var pixels = new byte[side * side];
        pixels.AsSpan().Fill(value);
        _folder.Write(name, PngEncoder.Encode(new GrayImage(side, side, pixels)));
    }
}
