using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Tests.Data;

public sealed class FaceSetFromDataViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    private sealed class Loaded
    {
        public string Name { get; set; } = "";

        [ImageType(96, 96)]
        public MLImage Picture { get; set; } = null!;
    }

    private sealed class Vector
    {
        public string Name { get; set; } = "";

        public float[] Values { get; set; } = [];
    }

    [Fact]
    public void The_own_views_give_the_set_that_the_data_set_holds()
    {
        string path = _folder.Write("fer2013.csv", FerCsv.File(21) + $"3,{FerCsv.Pixels(5)},PublicTest\n");
        var expected = FaceDataset.Load(path, LabelScheme.Three);
        var view = _ml.Data.LoadFer2013(path, LabelScheme.Three);
        var training = FaceSet.FromDataView(_ml.Data.FilterByUsage(view, Usage.Training));
        Assert.Equal(expected.Training.Sha256, training.Sha256);
        Assert.Equal(expected.Training.Row(2), training.Row(2));
        Assert.Equal(expected.Validation.Sha256, FaceSet.FromDataView(_ml.Data.FilterByUsage(view, Usage.PublicTest)).Sha256);
    }

    [Fact]
    public void A_view_gives_the_data_set_that_its_file_gives()
    {
        string path = _folder.Write("fer2013.csv", FerCsv.File(21) + $"3,{FerCsv.Pixels(5)},PublicTest\n");
        var expected = FaceDataset.Load(path, LabelScheme.Three);
        var view = _ml.Data.LoadFer2013(path, LabelScheme.Three);
        var whole = FaceDataset.FromDataView(view, imageColumn: "Image");
        Assert.Equal((expected.Training.Sha256, expected.Validation.Sha256), (whole.Training.Sha256, whole.Validation.Sha256));
        Assert.Equal(LabelScheme.Three.Definition, whole.Scheme.Definition);
        Assert.Equal(expected.Training.Count - 3, FaceDataset.FromDataView(_ml.Data.SkipRows(view, 3)).Training.Count);
        var plain = _ml.Data.LoadFromEnumerable([new Vector { Name = "sad", Values = new float[48 * 48] }]);
        Assert.Contains("Label", Assert.Throws<FerUsageException>(() => FaceDataset.FromDataView(plain)).Message);
    }

    [Fact]
    public void Bytes_singles_and_images_give_the_same_faces()
    {
        var view = _ml.Data.SampleFaces(20);
        string hash = FaceSet.FromDataView(view).Sha256;
        Assert.Equal(hash, FaceSet.FromDataView(view, imageColumn: "Image").Sha256);
        var chain = _ml.Transforms.ExtractPixels("Features", "Image", ImagePixelExtractingEstimator.ColorBits.Green);
        Assert.Equal(hash, FaceSet.FromDataView(chain.Fit(view).Transform(view), imageColumn: "Features").Sha256);
    }

    [Fact]
    public void Text_labels_stand_in_the_order_of_emotions_and_images_of_any_size_are_resized_twice_over()
    {
        using var red = Plain(96, 70, red: 200, green: 0, blue: 0, alpha: 255);
        using var clear = Plain(20, 20, red: 0, green: 0, blue: 0, alpha: 0);
        Loaded[] rows = [new() { Name = "sad", Picture = red }, new() { Name = "happy", Picture = clear }];
        var view = _ml.Data.LoadFromEnumerable(rows);
        for (int pass = 0; pass < 2; pass++)
        {
            var set = FaceSet.FromDataView(view, "Name", "Picture");
            Assert.Equal(["happy", "sad"], set.ClassNames);
            Assert.Equal([1, 0], set.Labels.ToArray());
            Assert.All(set.Pixels(0).ToArray(), value => Assert.Equal(60, value));
            Assert.All(set.Pixels(1).ToArray(), value => Assert.Equal(255, value));
        }
        // What lies in memory stays its owner's.
        Assert.Equal(96, red.Width);
    }

    [Fact]
    public void Classes_can_be_those_of_a_model_and_labels_match_by_name()
    {
        var view = _ml.Data.LoadFer2013(_folder.Write("a.csv", FerCsv.File(7)), LabelScheme.Three);
        var set = FaceSet.FromDataView(view, classNames: ["neutral", "happy", "sad", "fear"]);
        Assert.Equal([1, 2, 0], set.Labels.ToArray());
        var error = Assert.Throws<FerException>(() => FaceSet.FromDataView(view, classNames: ["happy", "sad"]));
        Assert.Contains("'neutral'", error.Message);
        Assert.Contains("happy, sad", error.Message);
    }

    [Fact]
    public void Keys_that_ML_NET_made_of_text_are_classes_and_rows_without_a_label_are_left_out()
    {
        string[] names = ["b", "a", "", "b"];
        var rows = names.Select((name, i) => new Vector { Name = name, Values = [.. FerCsv.PixelValues(i).Select(v => (float)v)] });
        var view = Sized(_ml.Data.LoadFromEnumerable(rows, Definition()));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", "Name").Fit(view).Transform(view);
        var set = FaceSet.FromDataView(keyed, "Key", "Values");
        Assert.Equal(["b", "a"], set.ClassNames);
        Assert.Equal([0, 1, 0], set.Labels.ToArray());
        Assert.Equal([0L, 1L, 3L], Enumerable.Range(0, 3).Select(set.Row));
        Assert.Equal(FerCsv.PixelValues(3), set.Pixels(2).ToArray());
    }

    [Fact]
    public void Votes_become_soft_targets_where_asked_for()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(4) + $"3,{FerCsv.Pixels(9)},PublicTest\n");
        string votes = _folder.Write("fer2013new.csv",
            "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n" + string.Concat(
            Enumerable.Repeat("Training,a.png,2,4,0,0,0,0,0,4,0,0\n", 4)) + "PublicTest,b.png,0,10,0,0,0,0,0,0,0,0\n");
        var options = new FaceDataOptions { FerPlusFile = votes };
        foreach (var scheme in (LabelScheme[])[LabelScheme.Eight, LabelScheme.Parse("happy+sad,contempt,neutral"), LabelScheme.Seven])
        {
            var all = _ml.Data.LoadFer2013(csv, scheme, new FaceViewOptions { FerPlusFile = votes });
            var view = _ml.Data.FilterByUsage(all, Usage.Training);
            Assert.Equal(FaceDataset.Load(csv, scheme, options).Training.Sha256, FaceSet.FromDataView(view, softTargets: true).Sha256);
            Assert.False(FaceSet.FromDataView(view).HasSoftTargets);
        }
    }

    [Fact]
    public void Columns_that_hold_no_faces_or_labels_say_what_would()
    {
        var view = _ml.Data.SampleFaces(7);
        AssertUsage("'Pixel'", "'Pixels'", () => FaceSet.FromDataView(view, imageColumn: "Pixel"));
        AssertUsage("'Usage'", "MLImage", () => FaceSet.FromDataView(view, imageColumn: "Usage"));
        AssertUsage("'Row'", "MapValueToKey", () => FaceSet.FromDataView(view, labelColumn: "Row"));
        var three = _ml.Transforms.ExtractPixels("Three", "Image").Fit(view).Transform(view);
        AssertUsage("3, 48, 48", "colorsToExtract", () => FaceSet.FromDataView(three, imageColumn: "Three"));
        var empty = _ml.Data.FilterByUsage(_ml.Data.LoadFer2013(_folder.Write("a.csv", FerCsv.File(3))), Usage.PrivateTest);
        Assert.Contains("no face", Assert.Throws<FerException>(() => FaceSet.FromDataView(empty)).Message);

        static void AssertUsage(string what, string remedy, Action act)
        {
            var error = Assert.Throws<FerUsageException>(act);
            Assert.Contains(what, error.Message);
            Assert.Contains(remedy, error.Message);
        }
    }

    [Theory]
    [InlineData(256f, "256 is not a grey value")]
    [InlineData(-1f, "-1 is not a grey value")]
    [InlineData(float.NaN, "NaN is not a grey value")]
    [InlineData(1f, "from 0 to 1")]
    public void Singles_out_of_range_or_scaled_to_one_are_refused(float value, string expected)
    {
        Vector[] rows = [new() { Name = "happy", Values = [.. Enumerable.Repeat(0.25f, 2303), value] }];
        var view = Sized(_ml.Data.LoadFromEnumerable(rows, Definition()));
        Assert.Contains(expected, Assert.Throws<FerException>(() => FaceSet.FromDataView(view, "Name", "Values")).Message);
    }

    [Fact]
    public void A_vector_of_another_length_is_refused_at_its_row()
    {
        Vector[] rows = [new() { Name = "happy", Values = new float[2304] }, new() { Name = "sad", Values = new float[10] }];
        var view = _ml.Data.LoadFromEnumerable(rows);
        var error = Assert.Throws<FerException>(() => FaceSet.FromDataView(view, "Name", "Values"));
        Assert.Contains("Row 1, column 'Values': 10 values", error.Message);
    }

    private static SchemaDefinition Definition()
    {
        var definition = SchemaDefinition.Create(typeof(Vector));
        definition["Values"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2304);
        return definition;
    }

    private static IDataView Sized(IDataView view)
    {
        Assert.Equal(2304, Assert.IsType<VectorDataViewType>(view.Schema["Values"].Type).Size);
        return view;
    }

    private static MLImage Plain(int width, int height, byte red, byte green, byte blue, byte alpha)
    {
        byte[] pixels = [.. Enumerable.Repeat((byte[])[red, green, blue, alpha], width * height).SelectMany(pixel => pixel)];
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }
}
