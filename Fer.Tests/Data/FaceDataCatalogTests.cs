using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Tests.Data;

/// <summary>The views of faces under ML.NET's own operations.</summary>
public sealed class FaceDataCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    private string Csv(int rows)
    {
        return _folder.Write("fer2013.csv", FerCsv.File(rows) +
            $"3,{FerCsv.Pixels(900)},PublicTest\n4,{FerCsv.Pixels(901)},PublicTest\n6,{FerCsv.Pixels(902)},PrivateTest\n");
    }

    private static long[] Rows(IDataView view) => [.. view.GetColumn<long>("Row")];

    [Fact]
    public void Rows_are_filtered_by_usage_even_where_it_is_not_asked_for()
    {
        var view = _ml.Data.LoadFer2013(Csv(20));
        Assert.Equal([20L, 21L], Rows(_ml.Data.FilterByUsage(view, Usage.PublicTest)));
        Assert.Equal([22L], Rows(_ml.Data.FilterByUsage(view, Usage.PrivateTest)));
        Assert.Equal(20, Rows(_ml.Data.FilterByUsage(view, Usage.Training)).Length);
        var other = _ml.Data.LoadFromEnumerable([new { Row = 1L }]);
        Assert.Contains("'Usage'", Assert.Throws<FerUsageException>(() => _ml.Data.FilterByUsage(other, Usage.Training)).Message);
    }

    [Fact]
    public void Rows_are_filtered_by_the_key_of_their_label()
    {
        // A key is filtered by its place among all keys: the fourth of seven is happy.
        var happy = _ml.Data.FilterRowsByKeyColumnFraction(_ml.Data.LoadFer2013(Csv(20)), "Label", 3 / 7.0, 4 / 7.0);
        Assert.Equal([3L, 10L, 17L, 20L], Rows(happy));
    }

    [Fact]
    public void Rows_are_filtered_by_a_number_made_of_a_column()
    {
        var view = _ml.Transforms.Conversion.ConvertType("Number", "Row", DataKind.Single).Fit(_ml.Data.LoadFer2013(Csv(20)))
            .Transform(_ml.Data.LoadFer2013(Csv(20)));
        Assert.Equal([5L, 6L, 7L], Rows(_ml.Data.FilterRowsByColumn(view, "Number", 5, 8)));
    }

    [Fact]
    public void A_split_holds_every_row_once()
    {
        var split = _ml.Data.TrainTestSplit(_ml.Data.LoadFer2013(Csv(40)), testFraction: 0.25, seed: 2);
        long[] train = Rows(split.TrainSet), test = Rows(split.TestSet);
        Assert.InRange(test.Length, 1, 25);
        Assert.Equal(Enumerable.Range(0, 43).Select(row => (long)row), train.Concat(test).Order());
        // Each face keeps its pixels, whatever is split away around it.
        var faces = FerCsv.ReadAll(split.TestSet).Where(face => face.Row < 40);
        Assert.All(faces, face => Assert.Equal(FerCsv.PixelValues((int)face.Row), face.Pixels));
    }

    [Fact]
    public void A_cache_reads_the_file_once_and_keeps_all_but_the_image()
    {
        var cached = _ml.Data.Cache(_ml.Data.LoadFer2013(Csv(5)));
        Assert.Null(cached.Schema.GetColumnOrNull("Image"));
        var first = FerCsv.ReadAll(cached);
        File.Delete(_folder.File("fer2013.csv"));
        var second = FerCsv.ReadAll(cached);
        Assert.Equal(8, second.Count);
        Assert.Equal(first.Select(face => face.Pixels), second.Select(face => face.Pixels));
    }

    [Fact]
    public void Rows_of_a_file_are_shuffled_by_a_pool_and_their_images_come_back_from_the_pixels()
    {
        var shuffled = _ml.Data.ShuffleRows(_ml.Data.LoadFer2013(Csv(60)), seed: 4);
        Assert.Null(shuffled.Schema.GetColumnOrNull("Image"));
        long[] rows = Rows(shuffled);
        Assert.NotEqual(rows.Order(), rows);
        Assert.Equal(Enumerable.Range(0, 63).Select(row => (long)row), rows.Order());
        Assert.All(FerCsv.ReadAll(shuffled), face =>
            Assert.Equal(FerCsv.PixelValues(face.Row < 60 ? (int)face.Row : 840 + (int)face.Row), face.Pixels));
        var images = _ml.Transforms.ConvertToImage(48, 48, "Image", "Pixels", ImagePixelExtractingEstimator.ColorBits.Red,
            ImagePixelExtractingEstimator.ColorsOrder.ARGB, defaultAlpha: 255);
        byte[][] red = [.. images.Fit(shuffled).Transform(shuffled).GetColumn<MLImage>("Image").Select(image => image.Pixels.ToArray())];
        Assert.Equal(FerCsv.ReadAll(shuffled).Select(face => face.Pixels[100]), red.Select(pixels => Math.Max(pixels[400], pixels[402])));
    }

    [Fact]
    public void A_preview_shows_rows_with_all_columns()
    {
        var preview = _ml.Data.LoadFer2013(Csv(9)).Preview(maxRows: 4);
        Assert.Equal(4, preview.RowView.Length);
        var values = preview.RowView[3].Values.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(4u, values["Label"]);
        Assert.Equal("Training", values["Usage"].ToString());
        Assert.Equal(FerCsv.PixelValues(3), ((VBuffer<byte>)values["Pixels"]).DenseValues());
        Assert.Equal(48, Assert.IsType<MLImage>(values["Image"]).Width);
        Assert.Equal(3L, values["Row"]);
    }

    [Fact]
    public void Columns_go_into_a_data_frame_by_name()
    {
        var view = _ml.Data.LoadFer2013(Csv(9));
        var named = _ml.Transforms.Conversion.MapKeyToValue("Class", "Label").Fit(view).Transform(view);
        var frame = named.ToDataFrame(-1, "Class", "Usage", "Row");
        Assert.Equal(12, frame.Rows.Count);
        Assert.Equal(["Usage", "Row", "Class"], frame.Columns.Select(column => column.Name));
        Assert.Equal("happy", frame["Class"][3].ToString());
        Assert.Equal("PrivateTest", frame["Usage"][11].ToString());
        Assert.Equal(11L, frame["Row"][11]);
    }

    [Fact]
    public void Rows_are_taken_and_skipped()
    {
        var view = _ml.Data.LoadFer2013(Csv(9));
        Assert.Equal([0L, 1L], Rows(_ml.Data.TakeRows(view, 2)));
        Assert.Equal([10L, 11L], Rows(_ml.Data.SkipRows(view, 10)));
    }

    [Fact]
    public void Images_are_made_grey_resized_and_turned_into_features()
    {
        var view = _ml.Data.LoadFer2013(Csv(3));
        var chain = _ml.Transforms.ConvertToGrayscale("Gray", "Image")
            .Append(_ml.Transforms.ResizeImages("Small", 24, 24, "Gray"))
            .Append(_ml.Transforms.ExtractPixels("Features", "Gray", ImagePixelExtractingEstimator.ColorBits.Red))
            .Append(_ml.Transforms.ExtractPixels("Few", "Small", ImagePixelExtractingEstimator.ColorBits.Red));
        var result = chain.Fit(view).Transform(view);
        float[] features = result.GetColumn<float[]>("Features").First();
        Assert.Equal(2304, features.Length);
        byte[] pixels = FerCsv.PixelValues(0);
        // ML.NET's own conversion may round by one.
        for (int i = 0; i < features.Length; i++) Assert.InRange(features[i], pixels[i] - 1f, pixels[i] + 1f);
        Assert.Equal(24 * 24, result.GetColumn<float[]>("Few").First().Length);
    }

    [Fact]
    public void Faces_are_loaded_by_what_the_path_is()
    {
        Csv(4);
        Assert.Equal(7, FerCsv.ReadAll(_ml.Data.LoadFaces(_folder.Path)).Count);
        Assert.Equal(7, FerCsv.ReadAll(_ml.Data.LoadFaces(_folder.File("fer2013.csv"))).Count);
        Assert.Contains("no such file", Assert.Throws<FerException>(() => _ml.Data.LoadFaces(_folder.File("none.csv"))).Message);
        var options = new FaceViewOptions { FerPlusFile = "votes.csv" };
        Assert.Contains("FER+", Assert.Throws<FerUsageException>(() => _ml.Data.LoadFaceFolder(_folder.Path, options: options)).Message);
        Assert.Throws<FerUsageException>(() => _ml.Data.SampleFaces(0));
    }
}
