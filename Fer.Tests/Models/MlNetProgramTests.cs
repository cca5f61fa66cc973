using System.Diagnostics;
using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Training;
using Fer.Templates;
using Microsoft.ML;

namespace Fer.Tests.Models;

/// <summary>
/// What <c>fer new consumer</c> writes: a program that knows nothing of this project, references ML.NET's packages alone, and loads model
/// zips.
/// </summary>
public sealed class MlNetProgramTests : IDisposable
{
    private const int Faces = 10;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_consumer_that_is_written_classifies_pictures_with_its_zip_and_the_shipped_one_as_this_program_does()
    {
        string trained = _folder.File("trained.zip"), shipped = Path.Combine(TestPaths.Root, "artifacts", "fer-seven.zip");
        Train(trained);
        using (var model = FerModel.Load(trained)) ConsumerProject.Write(_folder.File("Faces"), model, trained);
        string project = _folder.File("Faces/Faces.csproj");
        string? failure = Run("restore", project);
        Assert.SkipUnless(failure is null, $"The packages of ML.NET cannot be restored: {failure}");
        failure = Run("build", project, "-c", "Release", "--no-restore", "-warnaserror", "-o", _folder.File("bin"));
        Assert.True(failure is null, failure);

        byte[] faces = SampleFacesOf(Faces);
        string[] pictures = [.. Enumerable.Range(0, Faces).Select(i => _folder.Write($"{i}.png",
            PngEncoder.Encode(new GrayImage(Face.Side, Face.Side, faces[(i * Face.PixelCount)..((i + 1) * Face.PixelCount)]))))];
        AssertSame(trained, faces, Read(["exec", _folder.File("bin/Faces.dll"), .. pictures]));
        AssertSame(shipped, faces, Read(["exec", _folder.File("bin/Faces.dll"), "--model", shipped, .. pictures]));
        var (code, output) = Execute(["exec", _folder.File("bin/Faces.dll"), trained, pictures[0]]);
        Assert.Equal(1, code);
        Assert.Contains("trained.zip: cannot be read as a picture", output);
        Assert.Contains("0.png: ", output);
    }

    private void AssertSame(string zip, byte[] faces, string[] lines)
    {
        using var model = FerModel.Load(zip);
        Assert.Equal(Faces, lines.Length);
        for (int i = 0; i < Faces; i++)
        {
            var expected = model.Predict(faces.AsSpan(i * Face.PixelCount, Face.PixelCount));
            Assert.StartsWith(_folder.File($"{i}.png: {expected.Label}; "), lines[i]);
            string[] scores = lines[i].Split("; ")[1].Split(", ");
            Assert.Equal(expected.Probabilities.Keys, scores.Select(score => score.Split(' ')[0]));
            foreach (var (ours, theirs) in expected.Probabilities.Values.Zip(scores))
                Assert.Equal(ours, float.Parse(theirs.Split(' ')[1], CultureInfo.InvariantCulture), 1e-4f);
        }
    }

    private static byte[] SampleFacesOf(int count)
    {
        var pixels = new byte[count * Face.PixelCount];
        for (int i = 0; i < count; i++) SampleFaces.Draw(23, i, pixels.AsSpan(i * Face.PixelCount, Face.PixelCount));
        return pixels;
    }

    private static void Train(string zip)
    {
        var ml = new MLContext();
        var options = new ImageClassificationTrainer.Options
        {
            InputSide = 24,
            Width = 0.25,
            Epoch = 2,
            BatchSize = 16,
            LearningRate = 0.02
        };
        using var model = ml.MulticlassClassification.Trainers.FaceClassification(options).Fit(ml.Data.SampleFaces(210));
        model.Model.Save(zip);
    }

    /// <summary>Runs the SDK; null where it succeeded, else what it wrote.</summary>
    private string? Run(params string[] arguments)
    {
        var (code, output) = Execute(arguments);
        return code == 0 ? null : output;
    }

    private string[] Read(params string[] arguments)
    {
        var (code, output) = Execute(arguments);
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private (int Code, string Output) Execute(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        // A build server would outlive the test and hold its pipe open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
