using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Tests.Networks;
using Fer.Tests.Onnx;

namespace Fer.Tests.Models;

public sealed class FerModelTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Three_lines_load_a_model_and_predict_a_face()
    {
        string path = _models.Save();
        byte[] pixels = TestNetworks.Faces(1);

        using var model = FerModel.Load(path);
        FerPrediction prediction = model.Predict(pixels);
        string line = $"{prediction.Label} {prediction.Confidence:P0}";

        Assert.Equal(LabelScheme.Seven.ClassNames, prediction.Probabilities.Keys);
        Assert.Equal(1, prediction.Probabilities.Values.Sum(), 1e-5);
        Assert.Equal(prediction.Probabilities.Values.Max(), prediction.Confidence);
        Assert.Equal(prediction.Confidence, prediction.Probabilities[prediction.Label]);
        Assert.StartsWith(prediction.Label, line);
        Assert.StartsWith($"{prediction.Label} {100 * prediction.Confidence:F1} % (angry ", prediction.ToString());
    }

    [Fact]
    public void Faces_one_by_one_and_many_at_once_give_the_same()
    {
        const int count = 150;
        byte[] faces = TestNetworks.Faces(count);
        using var model = FerModel.Load(_models.Save());
        float[] together = model.Predict(faces, count);
        Assert.Equal(count * 7, together.Length);
        // What a server does that has had nothing to do for a while.
        model.ReleaseBatch();
        Assert.Equal(0, model.BufferBytes);
        Assert.Equal(together, model.Predict(faces, count));
        for (int i = 0; i < count; i++)
        {
            var alone = model.Predict(faces.AsSpan(i * Face.PixelCount, Face.PixelCount));
            foreach (var (probability, expected) in alone.Probabilities.Values.Zip(together.Skip(i * 7)))
                Assert.Equal(expected, probability, 1e-5f);
        }
    }

    [Fact]
    public void Bytes_floats_and_a_face_set_give_the_same()
    {
        const int count = 70;
        byte[] faces = TestNetworks.Faces(count);
        var set = new FaceSet(LabelScheme.Seven.ClassNames, faces, new int[count], [.. Enumerable.Range(0, count).Select(i => (long)i)]);
        using var model = FerModel.Load(_models.Save());
        float[] expected = model.Predict(faces, count);
        Assert.Equal(expected, model.Predict([.. faces.Select(b => (float)b)], count));
        Assert.Equal(expected, model.Predict(set));
        Assert.Empty(model.Predict(ReadOnlySpan<byte>.Empty, 0));
    }

    [Fact]
    public void The_loaded_model_predicts_what_the_independent_runtime_does()
    {
        Assert.SkipUnless(OnnxRuntime.Missing is null, OnnxRuntime.Missing ?? "");
        const int count = 100;
        byte[] faces = TestNetworks.Faces(count);
        using var model = FerModel.Load(_models.Save());
        float[] ours = model.Predict(faces, count);
        float[] theirs = OnnxRuntime.Run(_models.Files()["model.onnx"], [.. faces.Select(b => (float)b)], 32);
        Assert.Equal(theirs.Length, ours.Length);
        for (int i = 0; i < ours.Length; i++) Assert.Equal(theirs[i], ours[i], 1e-4f);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        string path = _models.Save();
        byte[] faces = TestNetworks.Faces(10);
        using FerModel one = FerModel.Load(path, threads: 1), three = FerModel.Load(path, threads: 3);
        Assert.Equal(one.Predict(faces, 10), three.Predict(faces, 10));
    }

    [Fact]
    public void Several_threads_may_share_a_model()
    {
        byte[] faces = TestNetworks.Faces(20);
        using var model = FerModel.Load(_models.Save());
        float[] expected = model.Predict(faces, 20);
        Parallel.For(0, 20, i => Assert.Equal(expected, model.Predict(faces, 20)));
    }

    [Fact]
    public void The_manifest_and_metrics_are_at_hand()
    {
        using var model = FerModel.Load(_models.Save());
        Assert.Equal(42, model.Manifest.Seed);
        Assert.Equal(TestModels.Metrics, model.MetricsJson);
        Assert.Equal(LabelScheme.Seven.ClassNames, model.ClassNames);
    }

    [Fact]
    public void The_file_is_not_held_open()
    {
        string path = _models.Save();
        using var model = FerModel.Load(path);
        File.Delete(path);
        model.Predict(TestNetworks.Faces(1));
    }

    [Fact]
    public void Pixels_of_another_size_are_refused()
    {
        using var model = FerModel.Load(_models.Save());
        Assert.Contains("2303", Assert.Throws<ArgumentException>(() => model.Predict(new byte[2303])).Message);
        Assert.Throws<ArgumentException>(() => model.Predict(new byte[2304], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Predict(new byte[2304], -1));
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        var model = FerModel.Load(_models.Save());
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(TestNetworks.Faces(1)));
    }

    [Fact]
    public void A_missing_model_is_an_error_for_the_user() => Assert.Throws<FerException>(() => FerModel.Load(_models.Path("none.zip")));
}
