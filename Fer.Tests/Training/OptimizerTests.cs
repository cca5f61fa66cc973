using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class OptimizerTests
{
    private sealed record Golden(Dictionary<string, float[][]> Cases);

    private static readonly Lazy<Golden> Torch = new(() => JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "optimizers_torch.json")), JsonSerializerOptions.Web)!);

    private static Optimizer Create(string name, float decay) => name switch
    {
        "sgd" => new Sgd(0, nesterov: false, weightDecay: decay),
        "sgd_momentum" => new Sgd(0.9f, nesterov: false, weightDecay: decay),
        "sgd_nesterov" => new Sgd(0.9f, nesterov: true, weightDecay: decay),
        "adam" => new Adam(weightDecay: decay),
        "adamw" => new AdamW(weightDecay: decay),
        "nadam" => new Nadam(weightDecay: decay),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    // 21 and 5 values: neither is a multiple of a vector, so the loops' ends are tested too.
    internal static ParameterSet Problem()
    {
        var parameters = new ParameterSet([
            ("weight", new NetworkParameter(ParameterKind.Weight, Initializer.HeNormal, 3, 7)),
            ("bias", new NetworkParameter(ParameterKind.Bias, Initializer.HeNormal, 5))]);
        for (int i = 0; i < 21; i++) parameters.Values[i] = (float)Math.Cos(0.5 * i);
        for (int i = 0; i < 5; i++) parameters.Values[21 + i] = (float)(0.3 * i - 0.5);
        return parameters;
    }

    private static void Step(Optimizer optimizer, ParameterSet parameters, int t, WorkerPool? pool = null)
    {
        for (int i = 0; i < parameters.TrainableLength; i++)
            parameters.Gradients[i] = (float)Math.Sin(0.7 * i + 1.3 * t) + 0.1f * parameters.Values[i];
        optimizer.Step(parameters, (float)(0.05 / (1 + 0.2 * t)), pool);
    }

    public static TheoryData<string> Names => ["sgd", "sgd_momentum", "sgd_nesterov", "adam", "adamw", "nadam"];

    [Theory, MemberData(nameof(Names))]
    public void Steps_equal_those_of_PyTorch(string name)
    {
        var parameters = Problem();
        var optimizer = Create(name, 0.05f);
        float[][] expected = Torch.Value.Cases[name];
        for (int t = 0; t < expected.Length; t++)
        {
            Step(optimizer, parameters, t);
            for (int i = 0; i < 26; i++)
                Assert.Equal(expected[t][i], parameters.Values[i], 1e-5f * Math.Max(Math.Abs(expected[t][i]), 0.05f));
        }
        Assert.Equal(expected.Length, optimizer.Steps);
    }

    [Theory, MemberData(nameof(Names))]
    public void Result_does_not_depend_on_the_threads(string name)
    {
        float[] Run(int threads)
        {
            // More values than a block, in two parameters of odd lengths.
            var parameters = new ParameterSet([
                ("a", new NetworkParameter(ParameterKind.Weight, Initializer.HeNormal, 40_001)),
                ("b", new NetworkParameter(ParameterKind.Bias, Initializer.HeNormal, 17_003))]);
            for (int i = 0; i < parameters.TrainableLength; i++) parameters.Values[i] = (float)Math.Sin(i);
            using var pool = new WorkerPool(threads);
            var optimizer = Create(name, 0.01f);
            for (int t = 0; t < 3; t++) Step(optimizer, parameters, t, pool);
            return parameters.Values.ToArray();
        }
        float[] one = Run(1);
        Assert.Equal(one, Run(2));
        Assert.Equal(one, Run(3));
    }

    [Theory, MemberData(nameof(Names))]
    public void Restored_state_resumes_bit_for_bit(string name)
    {
        var straight = Problem();
        var optimizer = Create(name, 0.05f);
        for (int t = 0; t < 6; t++) Step(optimizer, straight, t);

        var first = Problem();
        var before = Create(name, 0.05f);
        for (int t = 0; t < 3; t++) Step(before, first, t);
        var stream = new MemoryStream();
        before.Save(new BinaryWriter(stream));
        stream.Position = 0;
        var after = Create(name, 0.05f);
        after.Restore(new BinaryReader(stream), first.TrainableLength);
        for (int t = 3; t < 6; t++) Step(after, first, t);
        Assert.Equal(straight.Values.ToArray(), first.Values.ToArray());
        Assert.Equal(6, after.Steps);
    }

    [Fact]
    public void State_of_another_optimizer_or_network_or_a_truncated_one_is_refused()
    {
        var parameters = Problem();
        var sgd = new Sgd();
        Step(sgd, parameters, 0);
        var stream = new MemoryStream();
        sgd.Save(new BinaryWriter(stream));
        byte[] bytes = stream.ToArray();
        Assert.Contains("Sgd", Assert.Throws<FerException>(() => new Adam().Restore(Reader(bytes), 26)).Message);
        Assert.Contains("another network", Assert.Throws<FerException>(() => new Sgd().Restore(Reader(bytes), 27)).Message);
        Assert.Contains("truncated", Assert.Throws<FerException>(() => new Sgd().Restore(Reader(bytes[..^5]), 26)).Message);
        var other = new ParameterSet([("w", new NetworkParameter(ParameterKind.Weight, Initializer.HeNormal, 4))]);
        Assert.Throws<InvalidOperationException>(() => sgd.Step(other, 0.1f));

        static BinaryReader Reader(byte[] bytes) => new(new MemoryStream(bytes));
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<FerUsageException>(() => new Sgd(momentum: 1f));
        Assert.Throws<FerUsageException>(() => new Sgd(weightDecay: -1f));
        Assert.Throws<FerUsageException>(() => new Adam(beta2: float.NaN));
        Assert.Throws<FerUsageException>(() => new Nadam(epsilon: 0));
    }
}
