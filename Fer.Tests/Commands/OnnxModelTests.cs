using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Shell;
using Fer.Tests.Models;

namespace Fer.Tests.Commands;

/// <summary>Other programs' classifiers where a model is asked for.</summary>
public sealed class OnnxModelTests : IDisposable
{
    private const string FerPlus = "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt";

    private readonly TemporaryFolder _folder = new();
    private readonly TestModels _models = new();

    public OnnxModelTests()
    {
        File.Copy(_models.Save(), _folder.File("model.zip"));
        var builder = new NetworkBuilder("Foreign", new Shape(1, 64, 64));
        builder.Input.Convolution(4, 3, 2, bias: true).Relu().GlobalAveragePool().Linear(8);
        var network = builder.Build();
        network.Initialize(seed: 3);
        using var stream = File.Create(_folder.File("foreign.onnx"));
        OnnxWriter.Write(network, stream);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task A_foreign_classifier_is_measured_beside_ours_on_the_same_faces()
    {
        await Run("data --write-sample faces.csv --count 70");
        var (code, output, error) = await Run($"compare model.zip foreign.onnx --classes {FerPlus} --data faces.csv --json");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("foreign.onnx: contempt left out, as the other model does not know it.", error);
        Assert.Contains("foreign.onnx is given its pixels as for 'none'", error);
        Assert.Contains("\"mcNemarPValue\"", output);
        string seven = FerPlus.Replace("contempt", "-");
        (code, output, error) = await Run(
            $"evaluate --model foreign.onnx --classes {seven} --preprocessing unit --data faces.csv --report r.html");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("accuracy", output);
        Assert.DoesNotContain("given its pixels", error);
        Assert.True(File.Exists(_folder.File("r.html")));
    }

    [Fact]
    public async Task It_predicts_with_any_names()
    {
        await File.WriteAllBytesAsync(_folder.File("a.png"), Images.GoldenPictures.Read("baseline-420.png"),
            TestContext.Current.CancellationToken);
        var (code, output, error) = await Run("predict --cropped a.png --model foreign.onnx --classes a,b,c,d,e,f,-,-");
        Assert.True(code == ExitCode.Done, error);
        foreach (string name in (string[])["a 0.", "b 0.", "f 0."]) Assert.Contains(name, output);
        (code, output, error) = await Run("predict --cropped a.png --csv --model foreign.onnx --classes a,b,c,d,e,f,-,-");
        Assert.StartsWith("file,faces,face,x,y,width,height,score,emotion,confidence,a,b,c,d,e,f,error\n", output);
    }

    [Theory]
    [InlineData("evaluate --model foreign.onnx", "Name them in its order: --classes")]
    [InlineData("evaluate --model foreign.onnx --classes happy,sad", "2 classes are named, and the network gives 8")]
    [InlineData("evaluate --model model.zip --classes happy,sad", "model.zip is none")]
    [InlineData("evaluate --model model.zip --preprocessing unit", "model.zip is none")]
    [InlineData("evaluate --model foreign.onnx --classes a,b --classes c,d", "given twice")]
    [InlineData("compare model.zip foreign.onnx --classes a,b --classes c,d", "given 2 times, for 1 ONNX files")]
    [InlineData("predict x.png --model foreign.onnx --preprocessing vgg", "'vgg' is no value of --preprocessing")]
    public async Task What_does_not_fit_is_wrong_usage(string arguments, string expected)
    {
        var (code, _, error) = await Run(arguments);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named()
    {
        var (code, _, error) = await Run("evaluate --model gone.onnx --classes happy,sad");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("gone.onnx", error);
    }

    private async Task<(int Code, string Output, string Error)> Run(string arguments)
    {
        StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '),
            new CommandHost(output, error) { CurrentFolder = _folder.Path }, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
