using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Shell;

namespace Fer.Tests.Commands;

/// <summary>The walk through the product on a few drawn faces: data, train, evaluate, predict, experiment.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fer-walk").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Output, string Error)> Run(string arguments, CancellationToken? cancel = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '), host, Program.Commands, cancel
            ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async Task Done(string arguments)
    {
        var (code, _, error) = await Run(arguments);
        Assert.True(code == ExitCode.Done, $"{arguments}: {code}\n{error}");
    }

    private string Onnx(string model)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(_folder, model));
        using var stream = zip.GetEntry("model.onnx")!.Open();
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    [Fact]
    public async Task Faces_become_a_model_that_is_scored_and_predicts()
    {
        const string train = "train --data faces.csv --epochs 2 --width 0.25 --batch-size 32 --threads 2 --output . --name ";
        await Done("data --write-sample faces.csv --count 280");
        await Done(train + "first");
        await Done(train + "second");
        Assert.Equal(Onnx("first/model.zip"), Onnx("second/model.zip"));
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(_folder, "first", "report.html")));
        Assert.Equal(["model.zip", "report.html"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "first")).Select(
            Path.GetFileName).Order());

        var (code, output, error) = await Run(
            "evaluate --model first/model.zip --data faces.csv --usage PublicTest --json --report scores.html");
        Assert.True(code == ExitCode.Done, error);
        var metrics = JsonDocument.Parse(output).RootElement;
        foreach (string name in (string[])["accuracy", "macroF1", "logLoss", "expectedCalibrationError", "perClass", "confusion",
            "topConfusions", "count", "imagesPerSecond"])
            Assert.True(metrics.TryGetProperty(name, out _), name);
        Assert.True(File.Exists(Path.Combine(_folder, "scores.html")));

        var pixels = new byte[Face.PixelCount];
        Directory.CreateDirectory(Path.Combine(_folder, "images"));
        for (int i = 0; i < 3; i++)
        {
            SampleFaces.Draw(9, i, pixels);
            PngEncoder.Save(new GrayImage(Face.Side, Face.Side, [.. pixels]), Path.Combine(_folder, "images", $"{i}.png"));
        }
        File.WriteAllText(Path.Combine(_folder, "images", "1b.png"), "no image");
        (code, output, error) = await Run("predict --model first/model.zip images missing.png --json");
        Assert.Equal(ExitCode.Failed, code);
        var lines = output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(5, lines.Length);
        Assert.Equal(3, lines.Count(l => l.TryGetProperty("faces", out var faces) && faces.GetArrayLength() == 1));
        Assert.Equal(2, lines.Count(l => l.TryGetProperty("error", out _)));
        Assert.All(lines.Where(l => l.TryGetProperty("faces", out _)), l =>
            Assert.Equal(1, l.GetProperty("faces")[0].GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 1e-4));
        Assert.Contains("1b.png", error);
        Assert.Contains("missing.png", error);
    }

    [Fact]
    public async Task Experiment_leaves_a_model_a_log_and_a_report()
    {
        await Done("data --write-sample faces.csv --count 280");
        var (code, output, error) = await Run("experiment --data faces.csv --minutes 0.4 --output runs --name one --seed 3");
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(["experiment.json", "model.zip", "report.html", "trials.jsonl"],
            Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "runs", "one")).Select(Path.GetFileName).Order());
        Assert.Contains("Validation accuracy", output);
        Assert.All(File.ReadAllLines(Path.Combine(_folder, "runs", "one", "trials.jsonl")), line => JsonDocument.Parse(line));
        Assert.DoesNotContain('\u001b', output + error);
        var (scored, _, problem) = await Run("evaluate --model runs/one/model.zip --data faces.csv --json");
        Assert.True(scored == ExitCode.Done, problem);
    }

    [Fact]
    public async Task Output_folder_that_cannot_be_made_fails_before_the_training()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        await Done("data --write-sample faces.csv --count 140");
        var (code, _, error) = await Run("train --data faces.csv --epochs 1000000 --output file");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("file", error);
    }

    [Fact]
    public async Task A_student_learns_from_an_earlier_runs_model_and_says_so()
    {
        const string train = "train --data faces.csv --epochs 1 --batch-size 32 --threads 2 --output . --views Centre ";
        await Done("data --write-sample faces.csv --count 140");
        await Done(train + "--width 0.25 --name teacher");
        var (code, _, error) = await Run(train + "--width 0.125 --name student --teacher teacher/model.zip --teacher-share 0.75");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("The teacher's predictions of", error, StringComparison.Ordinal);
        using var zip = ZipFile.OpenRead(Path.Combine(_folder, "student", "model.zip"));
        using var manifest = JsonDocument.Parse(zip.GetEntry("manifest.json")!.Open());
        var settings = manifest.RootElement.GetProperty("settings");
        Assert.Equal("model.zip", settings.GetProperty("Teacher").GetString());
        Assert.Equal(Onnx("teacher/model.zip"), settings.GetProperty("TeacherSha256").GetString(), ignoreCase: true);
        Assert.Equal("0.75", settings.GetProperty("TeacherShare").GetString());

        foreach (string source in (string[])["--teacher", "--arch"])
        {
            (code, _, error) = await Run($"{train}--overwrite --name teacher {source} teacher/model.zip");
            Assert.Equal(ExitCode.WrongUsage, code);
            Assert.Contains("is what this run would write", error, StringComparison.Ordinal);
        }
        (code, _, error) = await Run(train + "--name none --teacher missing.zip");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("missing.zip: there is no such file", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [Fact]
    public async Task Own_classes_are_kept_in_the_model_and_scored_again()
    {
        await Done("data --write-sample faces.csv --count 280");
        await Done("train --data faces.csv --epochs 1 --width 0.25 --batch-size 32 --output . --name own --classes happy,sad,angry " +
            "--merge disgust=angry");
        var (code, output, error) = await Run("evaluate --model own/model.zip --data faces.csv --json");
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(3, JsonDocument.Parse(output).RootElement.GetProperty("perClass").GetArrayLength());
    }
}
