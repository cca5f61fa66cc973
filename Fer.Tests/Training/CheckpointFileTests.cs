using Fer.Pipeline;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("training.ckpt");

    private void Write(int number) => CheckpointFile.Write(Path, writer => writer.Write(number));

    private (int Number, string? Told) Read()
    {
        int number = 0;
        string? told = CheckpointFile.Read(Path, reader => number = reader.ReadInt32());
        return (number, told);
    }

    public static TheoryData<string> Damages => ["truncated", "flipped", "empty", "other", "gone", "version"];

    private void Damage(string kind)
    {
        byte[] bytes = File.ReadAllBytes(Path);
        switch (kind)
        {
            case "truncated": bytes = bytes[..^7]; break;
            case "flipped": bytes[21] ^= 4; break;
            case "empty": bytes = []; break;
            case "other": bytes = new byte[100]; break;
            case "version": bytes[8]++; break;
            default: File.Delete(Path); return;
        }
        File.WriteAllBytes(Path, bytes);
    }

    [Theory, MemberData(nameof(Damages))]
    public void In_place_of_a_damaged_checkpoint_the_one_before_is_read_and_said(string kind)
    {
        Write(1);
        Write(2);
        Assert.Equal((2, null), Read());
        Damage(kind);
        var (number, told) = Read();
        Assert.Equal(1, number);
        Assert.Contains("training.ckpt", told);
        Assert.Contains("the checkpoint before it", told);
        // It is the newest now; the next one must not replace it by the damaged one.
        Write(3);
        Damage(kind);
        Assert.Equal(1, Read().Number);
    }

    [Theory, MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_without_one_before_stays_and_is_named(string kind)
    {
        Write(1);
        Damage(kind);
        byte[]? before = File.Exists(Path) ? File.ReadAllBytes(Path) : null;
        string message = Assert.Throws<InterruptionException>(() => Read()).Message;
        Assert.Contains("training.ckpt", message);
        Assert.Contains("Delete it to restart", message);
        Assert.Equal(before, File.Exists(Path) ? File.ReadAllBytes(Path) : null);
    }

    [Fact]
    public void Content_of_another_training_is_no_damage_and_the_one_before_is_not_asked()
    {
        Write(1);
        Write(2);
        int asked = 0;
        Assert.Throws<InterruptionException>(() => CheckpointFile.Read(Path, _ =>
        {
            asked++;
            throw new InterruptionException("the checkpoint belongs to another training");
        }));
        Assert.Equal((1, 2), (asked, Read().Number));
    }

    [Fact]
    public void Half_of_a_checkpoint_may_be_read_without_changing_anything()
    {
        Write(1);
        Write(2);
        Damage("flipped");
        Assert.NotNull(CheckpointFile.Read(Path, _ => { }, whole: false));
        Assert.True(File.Exists(Path + ".before"));
    }
}
