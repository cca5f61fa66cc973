using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Tests.Data;

public sealed class FaceDataViewTests : IDisposable
{
    private const string VotesHeader = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    private IDataView View(int rows, LabelScheme? scheme = null) => _ml.Data.LoadFer2013(_folder.Write("a.csv", FerCsv.File(rows)), scheme);

    [Fact]
    public void The_schema_tells_names_types_and_what_keys_stand_for()
    {
        var schema = View(1, LabelScheme.Six).Schema;
        Assert.Equal(["Label", "Usage", "Pixels", "Image", "Row"], schema.Select(column => column.Name));
        var label = Assert.IsType<KeyDataViewType>(schema["Label"].Type);
        Assert.Equal((6UL, typeof(uint)), (label.Count, label.RawType));
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Label"].GetKeyValues(ref names);
        Assert.Equal(LabelScheme.Six.ClassNames, names.DenseValues().Select(name => name.ToString()));
        Assert.IsType<TextDataViewType>(schema["Usage"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 2304), schema["Pixels"].Type);
        var image = Assert.IsType<ImageDataViewType>(schema["Image"].Type);
        Assert.Equal((48, 48), (image.Width, image.Height));
        Assert.Equal(NumberDataViewType.Int64, schema["Row"].Type);
    }

    [Fact]
    public void Votes_are_a_column_with_slot_names_where_they_are_joined()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(2));
        string votes = _folder.Write("votes.csv", VotesHeader + "Training,a.png,1,2,3,4,0,0,0,0,0,0\nTraining,b.png,0,0,0,0,9,0,0,0,0,1\n");
        var view = _ml.Data.LoadFer2013(csv, options: new FaceViewOptions { FerPlusFile = votes });
        VBuffer<ReadOnlyMemory<char>> slots = default;
        view.Schema["Votes"].GetSlotNames(ref slots);
        Assert.Equal([.. EmotionNames.All, "unknown", "NF"], slots.DenseValues().Select(name => name.ToString()));
        float[][] read = [.. view.GetColumn<float[]>("Votes")];
        Assert.Equal([0, 0, 0, 2, 4, 3, 1, 0, 0, 0], read[0]);
        Assert.Equal([9, 0, 0, 0, 0, 0, 0, 0, 0, 1], read[1]);
    }

    [Fact]
    public void Rows_of_no_class_are_left_out_and_the_others_keep_their_number()
    {
        var faces = FerCsv.ReadAll(View(14, LabelScheme.Three));
        Assert.Equal([3L, 4L, 6L, 10L, 11L, 13L], faces.Select(face => face.Row));
        Assert.Equal([Emotion.Happy, Emotion.Sad, Emotion.Neutral], faces.Take(3).Select(face => face.Emotion));
        Assert.All(faces, face => Assert.Equal(FerCsv.PixelValues((int)face.Row), face.Pixels));
    }

    [Fact]
    public void With_contempt_among_the_classes_the_votes_give_the_labels()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(3));
        Assert.Contains("fer2013new.csv", Assert.Throws<FerUsageException>(() => _ml.Data.LoadFer2013(csv, LabelScheme.Eight)).Message);
        _folder.Write("fer2013new.csv", VotesHeader +
            "Training,a.png,0,0,0,0,0,0,0,9,1,0\nTraining,,0,0,0,0,0,0,0,0,0,10\nTraining,c.png,0,10,0,0,0,0,0,0,0,0\n");
        var faces = FerCsv.ReadAll(_ml.Data.LoadFer2013(csv, LabelScheme.Eight));
        Assert.Equal([(Emotion.Contempt, 0L), (Emotion.Happy, 2L)], faces.Select(face => (face.Emotion, face.Row)));
    }

    [Fact]
    public void An_image_shows_the_pixels_and_the_one_before_is_disposed()
    {
        var view = View(2);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        Assert.True(cursor.MoveNext());
        getter(ref image);
        Assert.Equal((48, 48, MLPixelFormat.Bgra32), (image.Width, image.Height, image.PixelFormat));
        byte[] first = image.Pixels.ToArray();
        Assert.Equal(FerCsv.PixelValues(0).SelectMany(value => new[] { value, value, value, (byte)255 }), first);
        var before = image;
        Assert.True(cursor.MoveNext());
        getter(ref image);
        Assert.NotSame(before, image);
        Assert.Throws<InvalidOperationException>(() => before.Width);
        Assert.NotEqual(first, image.Pixels.ToArray());
        image.Dispose();
    }

    [Fact]
    public void A_getter_off_a_row_and_a_column_of_another_view_are_refused()
    {
        var view = View(1);
        using var cursor = view.GetRowCursor([view.Schema["Row"]]);
        var getter = cursor.GetGetter<long>(view.Schema["Row"]);
        long row = 0;
        Assert.Throws<InvalidOperationException>(() => getter(ref row));
        Assert.True(cursor.MoveNext());
        getter(ref row);
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        Assert.Throws<InvalidOperationException>(() => getter(ref row));
        var votes = FaceColumns.CreateSchema(LabelScheme.Seven, votes: true)["Votes"];
        Assert.Throws<ArgumentException>(() => view.GetRowCursor([votes]));
    }

    [Fact]
    public void Row_counts_are_known_where_nothing_must_be_read_for_them()
    {
        Assert.Null(View(3).GetRowCount());
        Assert.Equal(23, _ml.Data.SampleFaces(23).GetRowCount());
        for (int count = 1; count < 16; count++)
        {
            var three = _ml.Data.SampleFaces(count, scheme: LabelScheme.Three);
            Assert.Equal(FerCsv.ReadAll(three).Count, three.GetRowCount());
        }
        foreach (string name in (string[])["happy/1.png", "happy/2.png", "fear/1.png"])
            _folder.Write("faces/" + name, PngEncoder.Encode(new GrayImage(48, 48, new byte[Face.PixelCount])));
        string folder = _folder.File("faces");
        Assert.Equal(3, _ml.Data.LoadFaceFolder(folder).GetRowCount());
        Assert.Equal(2, _ml.Data.LoadFaceFolder(folder, LabelScheme.Three).GetRowCount());
        Assert.Null(_ml.Data.LoadFaceFolder(folder, options: new FaceViewOptions { OnBadRow = _ => { } }).GetRowCount());
    }

    [Fact]
    public void A_shuffled_cursor_gives_the_same_rows_in_another_order_under_the_same_ids()
    {
        var view = _ml.Data.SampleFaces(600, seed: 3);
        Assert.True(view.CanShuffle);
        var plain = FerCsv.ReadAll(view);
        // ML.NET's shuffle hands its generator on to a view that shuffles.
        var shuffled = FerCsv.ReadAll(_ml.Data.ShuffleRows(view, seed: 5, shufflePoolSize: 1));
        Assert.NotEqual(plain.Select(face => face.Row), shuffled.Select(face => face.Row));
        Assert.Equal(plain.Select(face => face.Row), shuffled.Select(face => face.Row).Order());
        Assert.All(shuffled, face =>
        {
            var same = plain[(int)face.Row];
            Assert.Equal((same.Emotion, same.Usage), (face.Emotion, face.Usage));
            Assert.Equal(same.Pixels, face.Pixels);
        });
        using var cursor = view.GetRowCursor([]);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        for (ulong row = 0; row < 3 && cursor.MoveNext(); row++)
        {
            getId(ref id);
            Assert.Equal(new DataViewRowId(row, 0), id);
        }
    }

    [Fact]
    public void One_cursor_is_all_that_a_set_of_them_holds()
    {
        var view = View(5);
        var cursor = Assert.Single(view.GetRowCursorSet([view.Schema["Row"]], 4));
        int rows = 0;
        while (cursor.MoveNext()) rows++;
        Assert.Equal(5, rows);
        cursor.Dispose();
    }
}
