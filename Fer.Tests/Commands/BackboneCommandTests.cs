using System.Text.Json;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Networks;
using Fer.Shell;
using Fer.Tests.Networks;

namespace Fer.Tests.Commands;

/// <summary>A network of another's is added, trained on with a new head, and its model trained on with other classes.</summary>
public sealed class BackboneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Output, string Error)> Run(string arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '), host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async Task<string> Done(string arguments)
    {
        var (code, output, error) = await Run(arguments);
        Assert.True(code == ExitCode.Done, $"{arguments}: {code}\n{error}");
        return output;
    }

    [Fact]
    public async Task A_backbone_is_added_listed_trained_on_and_its_model_goes_on_to_other_classes()
    {
        var builder = new NetworkBuilder("Picture", new Shape(3, 24, 24));
        builder.Input.Convolution(12, 3, stride: 2).BatchNormalization().Relu().Convolution(24, 3, stride: 2).BatchNormalization().Relu()
            .GlobalAveragePool().Linear(9).Softmax();
        using (var stream = File.Create(_folder.File("small.onnx"))) OnnxWriter.Write(TestNetworks.Randomized(builder.Build(), 1), stream);
        await Done("data --write-sample faces.csv --count 210");
        Assert.Contains("24 features", await Done("backbone add small small.onnx --preprocessing symmetric --backbones nets"));
        string listed = await Done("backbone list --backbones nets");
        Assert.Contains("symmetric", listed);
        Assert.Contains("resnet50-v2-7.onnx", listed);
        string json = await Done("backbone list --json --backbones nets");
        var names = JsonDocument.Parse(json).RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString());
        Assert.Equal(["Resnet18", "small"], names);

        await Done("train --arch small --fine-tune none --backbones nets --data faces.csv --epochs 2 --batch-size 32 --threads 2 " +
            "--output out --name head");
        Assert.Equal(2, Directory.GetFiles(_folder.File("out/bottleneck")).Length);
        await Done("evaluate --model out/head/model.zip --data faces.csv");
        await Done("train --arch out/head/model.zip --fine-tune all --scheme three --data faces.csv --epochs 1 --batch-size 32 " +
            "--threads 2 --output out --name three");
        string scores = await Done("evaluate --model out/three/model.zip --data faces.csv --json");
        Assert.Equal(3, JsonDocument.Parse(scores).RootElement.GetProperty("perClass").GetArrayLength());
    }

    [Fact]
    public async Task A_folder_of_ones_own_labelled_faces_is_trained_on_from_a_model()
    {
        await Done("data --write-sample faces.csv --count 140");
        await Done("train --data faces.csv --epochs 1 --width 0.25 --batch-size 32 --threads 2 --output out --name first");
        var pixels = new byte[Face.PixelCount];
        foreach (string emotion in (string[])["happy", "sad"])
        {
            Directory.CreateDirectory(_folder.File($"mine/{emotion}"));
            for (int i = 0; i < 20; i++)
            {
                SampleFaces.Draw(i, emotion == "happy" ? 3 : 4, pixels);
                PngEncoder.Save(new GrayImage(Face.Side, Face.Side, [.. pixels]), _folder.File($"mine/{emotion}/{i}.png"));
            }
        }
        var (code, _, error) = await Run("train --arch out/first/model.zip --data mine --classes happy,sad --epochs 2 --batch-size 8 " +
            "--threads 2 --output out --name mine");
        Assert.True(code == ExitCode.Done, error);
        // The model knows both emotions: no new head has to be fitted on its features first.
        Assert.DoesNotContain(" training faces, ", error);
        (_, _, error) = await Run("train --arch out/first/model.zip --data mine --classes happy,sad --fine-tune none --epochs 1 " +
            "--batch-size 8 --threads 2 --output out --name head");
        Assert.Contains(" training faces, ", error);
        await Done("evaluate --model out/mine/model.zip --data mine");
    }

    [Theory]
    [InlineData("train --arch ResnetV250 --fine-tune none --backbones nets", ExitCode.Failed, "resnet50-v2-7.onnx")]
    [InlineData("train --arch FerNett", ExitCode.WrongUsage, "FerNet")]
    [InlineData("train --arch gone.onnx", ExitCode.Failed, "no such file")]
    [InlineData("train --fine-tune some", ExitCode.WrongUsage, "LastStage")]
    [InlineData("backbone add net gone.onnx", ExitCode.Failed, "gone.onnx")]
    [InlineData("backbone ad net gone.onnx", ExitCode.WrongUsage, "add")]
    [InlineData("backbone", ExitCode.WrongUsage, "add, list")]
    public async Task What_is_missing_or_mistyped_is_said_with_the_remedy(string arguments, int code, string says)
    {
        var (actual, _, error) = await Run(arguments);
        Assert.Contains(says, error);
        Assert.Equal(code, actual);
    }
}
