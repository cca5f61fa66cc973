using System.Buffers.Binary;
using System.Security.Cryptography;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Training;
using Fer.Tests.Networks;

namespace Fer.Tests.Training;

/// <summary>However the files of a stopped training are altered, it continues or is refused with a message that names the file.</summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    private const int HeaderBytes = 20;

    private static readonly FaceSet Faces = SyntheticFaces.Create(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainingCheckpoint New(int kind)
    {
        var options = new ImageClassificationTrainer.Options { WorkspacePath = _folder.Path, Epoch = 3 };
        options = (kind % 4) switch
        {
            0 => options,
            1 => options with { Optimizer = OptimizerKind.Nadam, ExponentialMovingAverage = 0 },
            2 => options with { LearningRateScheduler = new ReduceOnPlateau() },
            _ => options with { EarlyStoppingCriteria = new EarlyStopping(), Optimizer = OptimizerKind.AdamW },
        };
        return new TrainingCheckpoint(TestNetworks.Classifier(), Faces, Faces, options, "2 threads", () => new FixedPlan(9));
    }

    [Fact]
    public void Altered_checkpoints_continue_or_are_refused()
    {
        string path = _folder.File("training.ckpt");
        byte[][] valid = [.. Enumerable.Range(0, 4).Select(kind =>
        {
            var checkpoint = New(kind);
            checkpoint.Best.Offer(1, 0.5, 1);
            checkpoint.Plan.EndStep(1);
            checkpoint.Save(path);
            byte[] file = File.ReadAllBytes(path);
            File.Delete(path);
            File.Delete(path + ".before");
            return file;
        })];
        Fuzz.Run(300, 31, (int number, ref RandomStream random) => (Kind: number, File: Altered(valid[number % 4], ref random)), input =>
        {
            File.WriteAllBytes(path, input.File);
            try
            {
                New(input.Kind).Restore(path);
            }
            catch (FerException e)
            {
                Assert.Contains(path, e.Message);
                throw;
            }
        }).MustHaveBoth(30);
    }

    [Fact]
    public void Altered_features_are_those_of_their_key_or_none()
    {
        var cache = new BottleneckCache(_folder.Path);
        byte[] key = SHA256.HashData("faces"u8);
        float[] values = [1, 2, 3, 4, 5, 6];
        cache.Write(key, 2, 3, values);
        byte[] valid = File.ReadAllBytes(cache.PathOf(key));
        Fuzz.Run(300, 32, (int _, ref RandomStream random) => random.NextBoolean(0.2) ? valid : Mutation.Of(valid, ref random), file =>
        {
            File.WriteAllBytes(cache.PathOf(key), file);
            Assert.Equal(values, cache.Read(key, 2, 3) ?? throw new FerException("none"));
        }).MustHaveBoth(30);
    }

    /// <summary>Damaged; or its content altered, with the length and the checksum of what it says then.</summary>
    private static byte[] Altered(byte[] valid, ref RandomStream random)
    {
        if (random.NextInt32(5) == 0) return Mutation.Of(valid, ref random);
        byte[] content = Mutation.Of(valid[HeaderBytes..^SHA256.HashSizeInBytes], ref random);
        byte[] file = [.. valid.AsSpan(0, HeaderBytes), .. content, .. SHA256.HashData(content)];
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(12), content.Length);
        return file;
    }
}
