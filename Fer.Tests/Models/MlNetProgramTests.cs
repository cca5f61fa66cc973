using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Training;
using Microsoft.ML;

namespace Fer.Tests.Models;

/// <summary>A program that knows nothing of this project: it references ML.NET's packages alone, and loads model zips.</summary>
public sealed class MlNetProgramTests : IDisposable
{
    private const int Faces = 10;

    private const string Program = """
        using Microsoft.ML;
        using Microsoft.ML.Data;

        var ml = new MLContext();
        byte[][] faces = File.ReadAllBytes(args[0]).Chunk(2304).ToArray();
        foreach (string zip in args[1..])
        {
            var model = ml.Model.Load(zip, out _);
            var engine = ml.Model.CreatePredictionEngine<Face, FacePrediction>(model);
            VBuffer<ReadOnlyMemory<char>> names = default;
            engine.OutputSchema["PredictedLabel"].GetKeyValues(ref names);
            foreach (byte[] face in faces)
            {
                var prediction = engine.Predict(new Face { Pixels = face });
                Console.WriteLine($"{names.GetItemOrDefault((int)prediction.PredictedLabel - 1)} " +
                    string.Join(' ', prediction.Score.Select(s => s.ToString("R"))));
            }
        }

        class Face
        {
            [VectorType(2304)]
            public byte[] Pixels { get; set; } = [];
        }

        class FacePrediction
        {
            public uint PredictedLabel { get; set; }
            public float[] Score { get; set; } = [];
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_with_the_packages_of_ml_net_alone_classifies_with_shipped_and_trained_zips_as_this_one_does()
    {
        string project = WriteProject();
        string? failure = Run("restore", project);
        Assert.SkipUnless(failure is null, $"The packages of ML.NET cannot be restored: {failure}");
        failure = Run("build", project, "-c", "Release", "--no-restore", "-o", _folder.File("bin"));
        Assert.True(failure is null, failure);

        byte[] faces = SampleFacesOf(Faces);
        _folder.Write("faces.bin", faces);
        string shipped = Path.Combine(TestPaths.Root, "artifacts", "fer-seven.zip"), trained = _folder.File("trained.zip");
        Train(trained);
        string[] lines = Read("exec", _folder.File("bin/Outside.dll"), _folder.File("faces.bin"), shipped, trained);
        Assert.Equal(2 * Faces, lines.Length);
        AssertSame(shipped, faces, lines[..Faces]);
        AssertSame(trained, faces, lines[Faces..]);
    }

    private static void AssertSame(string zip, byte[] faces, string[] lines)
    {
        using var model = FerModel.Load(zip);
        for (int i = 0; i < Faces; i++)
        {
            string[] words = lines[i].Split(' ');
            var expected = model.Predict(faces.AsSpan(i * Face.PixelCount, Face.PixelCount));
            Assert.Equal(expected.Label, words[0]);
            float[] scores = [.. words.Skip(1).Select(word => float.Parse(word, CultureInfo.InvariantCulture))];
            Assert.Equal(expected.Probabilities.Count, scores.Length);
            foreach (var (ours, theirs) in expected.Probabilities.Values.Zip(scores)) Assert.Equal(ours, theirs, 1e-4f);
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

    /// <summary>Writes the project, with the versions of packages that this repository has.</summary>
    private string WriteProject()
    {
        var versions = XDocument.Load(Path.Combine(TestPaths.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        string[] packages = ["Microsoft.ML", "Microsoft.ML.OnnxTransformer", "Microsoft.ML.OnnxRuntime"];
        var references = packages.Select(name => $"""<PackageReference Include="{name}" Version="{versions[name]}" />""");
        _folder.Write("Program.cs", Program);
        return _folder.Write("Outside.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);
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
