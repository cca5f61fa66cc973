using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Fer.Tests.Networks;

namespace Fer.Tests.Training;

public class BottleneckCacheTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly float[] Values = [1.5f, -2, float.NaN, 0, 3e-9f, float.MaxValue];

    [Fact]
    public void What_was_written_is_read_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var cache = new BottleneckCache(folder.Path);
        Assert.Null(cache.Read(Key, 2, 3));
        cache.Write(Key, 2, 3, Values);
        Assert.Equal(Values.Select(BitConverter.SingleToInt32Bits), cache.Read(Key, 2, 3)!.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(cache.PathOf(Key), Assert.Single(Directory.EnumerateFiles(folder.Path)));
    }

    [Fact]
    public void A_file_of_another_key_or_size_and_every_damaged_byte_are_no_values()
    {
        using var folder = new TemporaryFolder();
        var cache = new BottleneckCache(folder.Path);
        cache.Write(Key, 2, 3, Values);
        Assert.Null(cache.Read(Key, 3, 2));
        Assert.Null(cache.Read(Key, 2, 4));
        byte[] file = File.ReadAllBytes(cache.PathOf(Key));
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0x10;
            File.WriteAllBytes(cache.PathOf(Key), damaged);
            Assert.Null(cache.Read(Key, 2, 3));
        }
        File.WriteAllBytes(cache.PathOf(Key), file[..^1]);
        Assert.Null(cache.Read(Key, 2, 3));
        // A file under the name of another's hash, whole as it is.
        byte[] other = [.. Key];
        other[31] ^= 1;
        File.WriteAllBytes(cache.PathOf(other), file);
        Assert.Null(cache.Read(other, 2, 3));
    }

    [Fact]
    public void Key_follows_pixels_weights_and_preprocessing_but_not_labels()
    {
        var faces = SyntheticFaces.Create(6);
        var network = NetworkTap.Find(TestNetworks.Classifier()).Cut(TestNetworks.Classifier());
        byte[] hash = BottleneckCache.HashOf(network);
        string key = Convert.ToHexString(BottleneckCache.Key(faces, hash, winograd: true));
        var relabelled = new Fer.Pipeline.Data.FaceSet(["a", "b", "c"],
            [.. Enumerable.Range(0, 6).SelectMany(i => faces.Pixels(i).ToArray())], [2, 1, 0, 2, 1, 0], [0, 1, 2, 3, 4, 5]);
        Assert.NotEqual(key, Convert.ToHexString(BottleneckCache.Key(faces, hash, winograd: false)));
        Assert.Equal(key, Convert.ToHexString(BottleneckCache.Key(relabelled, hash, winograd: true)));
        Assert.NotEqual(key, Convert.ToHexString(BottleneckCache.Key(faces.Select([0, 1, 2, 3, 4]), hash, winograd: true)));
        var changed = NetworkCopy.Clone(network);
        changed.Parameters[0].Values[0] += 1e-3f;
        Assert.NotEqual(key, Convert.ToHexString(BottleneckCache.Key(faces, BottleneckCache.HashOf(changed), winograd: true)));
    }
}
