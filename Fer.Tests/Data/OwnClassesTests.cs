using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Tests.Data;

public sealed class OwnClassesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_a_class_makes_the_classes_and_what_was_passed_over_is_said()
    {
        Picture("train/engaged/1.png", 10);
        Picture("train/bored/one/deeper/2.jfif", 20);
        Picture("test/bored/1.png", 30);
        Picture("stray.png", 1);
        _folder.Write("train/bored/notes.txt", "notes");
        _folder.Write("train/.ipynb_checkpoints/x.png", "x");
        var data = FaceDataset.Load(_folder.Path);
        Assert.Equal(["bored", "engaged"], data.Scheme.ClassNames);
        Assert.Equal((2, 1), (data.Training.Count, data.Validation.Count));
        Assert.Equal(20, data.Training.Pixels(0)[0]);
        string note = Assert.Single(data.Notes, note => note.Contains("passed over"));
        Assert.Contains("2 passed over. Not JPEG, PNG, WebP, GIF or BMP: 1 .txt. In no folder of a class: stray.png.", note);
    }

    [Fact]
    public void Classes_asked_for_leave_the_others_out_and_merges_join()
    {
        foreach (string name in (string[])["train/bored/1.png", "train/engaged/2.png", "train/tired/3.png", "val/bored/4.png"])
            Picture(name, 9);
        var two = FaceDataset.Load(_folder.Path, LabelScheme.Custom(["engaged", "bored"], []));
        Assert.Equal(["engaged", "bored"], two.Scheme.ClassNames);
        Assert.Equal(1, two.LeftOutCount);
        var joined = FaceDataset.Load(_folder.Path, options: new FaceDataOptions { Merges = ["tired=bored"] });
        Assert.Equal([2, 1], joined.Training.CountByClass());
    }

    [Theory]
    [InlineData("hapy", "Did you mean 'happy'?")]
    [InlineData("bored", "--classes")]
    public void A_folder_that_is_no_emotion_is_an_error_where_all_classes_are(string name, string expected)
    {
        Picture("happy/1.png", 1);
        Picture(name + "/1.png", 2);
        Assert.Contains(expected, Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path, LabelScheme.Seven)).Message);
    }

    [Fact]
    public void Numbered_folders_are_FER2013s_or_mapped()
    {
        Picture("0/1.png", 1);
        Picture("3/1.png", 2);
        Assert.Equal(["angry", "happy"], FaceDataset.Load(_folder.Path).Scheme.ClassNames);
        Picture("7/1.png", 3);
        Assert.Contains("--map 0=neutral", Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path)).Message);
        var mapped = FaceDataset.Load(_folder.Path, options: new FaceDataOptions
        {
            LabelMap = new Dictionary<string, string> { ["0"] = "awake", ["3"] = "drowsy", ["7"] = "asleep" },
        });
        Assert.Equal(["asleep", "awake", "drowsy"], mapped.Scheme.ClassNames);
    }

    [Fact]
    public void A_csv_may_have_a_column_of_names()
    {
        string csv = _folder.Write("a.csv", "pixels,label,split\n" + string.Concat(Enumerable.Range(0, 6).Select(i =>
            $"{FerCsv.Pixels(i)},{(i % 2 == 0 ? "\"wide awake\"" : "Ä")},{(i < 4 ? "train" : "val")}\n")));
        var data = FaceDataset.Load(csv);
        Assert.Equal(["wide awake", "Ä"], data.Scheme.ClassNames);
        Assert.Equal([2, 2], data.Training.CountByClass());
        Assert.Equal([1, 1], data.Validation.CountByClass());
        Assert.Equal(FerCsv.PixelValues(5), data.Validation.Pixels(1).ToArray());
        var report = FaceDataAnalysis.Analyze(csv);
        Assert.Equal([2, 2], report.Splits[0].CountByClass);
        var mapped = FaceDataset.Load(csv, options: new FaceDataOptions
        {
            LabelMap = new Dictionary<string, string> { ["Ä"] = "happy", ["wide awake"] = "sad" },
        });
        Assert.Equal(["happy", "sad"], mapped.Scheme.ClassNames);
    }

    [Fact]
    public void A_csv_with_contempt_by_name_needs_no_votes()
    {
        string csv = _folder.Write("a.csv", $"emotion,pixels\ncontempt,{FerCsv.Pixels(1)}\nhappy,{FerCsv.Pixels(2)}\n");
        Assert.Equal(["happy", "contempt"], FaceDataset.Load(csv).Scheme.ClassNames);
    }

    [Fact]
    public void Names_that_are_nearly_emotions_are_pointed_out()
    {
        Picture("hapy/1.png", 1);
        Picture("sad/1.png", 2);
        Assert.Contains(FaceDataset.Load(_folder.Path).Notes, note => note.Contains("--map hapy=happy"));
    }

    [Theory]
    [InlineData("train_00001.jpg 4\ntrain_00002.jpg 5\ntest_0001.jpg 4\n", "list.txt")]
    [InlineData("image,label\ntrain_00001_aligned.jpg,4\ntrain_00002_aligned.jpg,5\ntest_0001_aligned.jpg,4\n", "train_labels.csv")]
    [InlineData("label;pth;split\n4;Image\\aligned\\train_00001_aligned.jpg;train\n5;./Image/aligned/train_00002_aligned.jpg;train\n" +
        "4;Image/aligned/test_0001_aligned.jpg;val\n", "labels.csv")]
    public void A_list_of_paths_and_labels_stands_beside_its_pictures(string list, string name)
    {
        Picture("Image/aligned/train_00001_aligned.jpg", 1);
        Picture("Image/aligned/train_00002_aligned.jpg", 2);
        Picture("Image/aligned/test_0001_aligned.jpg", 3);
        string path = _folder.Write(name, list);
        Assert.Contains("labels are called 4, 5", Assert.Throws<FerException>(() => FaceDataset.Load(path)).Message);
        var data = FaceDataset.Load(path, options: new FaceDataOptions
        {
            LabelMap = new Dictionary<string, string> { ["4"] = "happy", ["5"] = "sad" },
        });
        Assert.Equal(["happy", "sad"], data.Scheme.ClassNames);
        Assert.Equal((2, 1), (data.Training.Count, data.Validation.Count));
        Assert.Equal(2, data.Training.Pixels(1)[7]);
        Assert.Equal(3, data.Validation.Pixels(0)[7]);
    }

    [Fact]
    public void A_list_tells_what_it_cannot_find_by_its_line()
    {
        Picture("a/1.png", 1);
        Picture("b/1.png", 2);
        Picture("2.png", 3);
        string path = _folder.Write("list.csv", "path,label\n1.png,bored\nb/1.png,engaged\n2.png,bored\ngone.png,bored\n2.png,\n");
        Assert.Contains("line 2: '1.png' may be", Assert.Throws<FerException>(() => FaceDataset.Load(path)).Message);
        var data = FaceDataset.Load(path, options: new FaceDataOptions { SkipBadRows = true });
        Assert.Equal((2, 3), (data.Training.Count + data.Validation.Count + data.Test.Count, data.SkippedCount));
        Assert.Contains(data.SkippedMessages, message => message.Contains("line 5: no picture 'gone.png'"));
        Assert.Contains(data.SkippedMessages, message => message.Contains("line 6: A class without a name"));
    }

    [Fact]
    public void Pictures_may_lie_in_a_folder_beside_the_lists_as_RAF_DB_has_them()
    {
        Picture("basic/Image/aligned/train_00001_aligned.jpg", 1);
        Picture("basic/Image/aligned/test_0001_aligned.jpg", 2);
        _folder.Write("basic/EmoLabel/list_patition_label.txt", "train_00001.jpg 4\ntest_0001.jpg 5\n");
        var map = new Dictionary<string, string> { ["4"] = "happy", ["5"] = "sad" };
        string list = _folder.File("basic/EmoLabel/list_patition_label.txt");
        var data = FaceDataset.Load(list, options: new FaceDataOptions { LabelMap = map });
        Assert.Equal((1, 1), (data.Training.Count, data.Validation.Count));
    }

    [Fact]
    public void A_folder_that_is_no_data_says_what_is_in_it()
    {
        Assert.Contains("It is empty.", Fault());
        _folder.Write("film.mp4", "\0\0\0\u0018ftypmp42");
        Assert.Contains("Not JPEG, PNG, WebP, GIF or BMP: 1 .mp4.", Fault());
        Picture("1.png", 1);
        Assert.Contains("It holds 1 picture, in no folder of a class", Fault());

        string Fault() => Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path)).Message;
    }

    [Fact]
    public void One_class_alone_cannot_be_told_apart()
    {
        Picture("bored/1.png", 1);
        Assert.Contains("one class, bored", Assert.Throws<FerException>(() => FaceDataset.Load(_folder.Path)).Message);
        Assert.Equal(1, FaceDataAnalysis.Analyze(_folder.Path).RowCount);
    }

    private void Picture(string name, byte value)
    {
        var pixels = new byte[Face.PixelCount];
        pixels.AsSpan().Fill(value);
        _folder.Write(name, PngEncoder.Encode(new GrayImage(Face.Side, Face.Side, pixels)));
    }
}
