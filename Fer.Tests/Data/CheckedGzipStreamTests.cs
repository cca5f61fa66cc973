using Fer.Pipeline;
using Fer.Pipeline.Data;

namespace Fer.Tests.Data;

public class CheckedGzipStreamTests
{
    [Fact]
    public void Files_of_every_size_and_of_several_members_come_out_whole()
    {
        var random = new RandomStream(1);
        for (int round = 0; round < 60; round++)
        {
            // Compressed sizes around GZipStream's own buffer of 8,192 bytes matter most.
            string text = FerCsv.Pixels(round, 1 + random.NextInt32(round < 30 ? 20 : 9000));
            byte[] one = FerCsv.Gzip(text);
            Assert.Equal(text, Inflate(one));
            Assert.Equal(text + text, Inflate([.. one, .. one]));
        }
    }

    [Fact]
    public void Every_way_to_cut_a_file_short_is_noticed()
    {
        byte[] whole = FerCsv.Gzip(FerCsv.Pixels(1, 200));
        for (int kept = 2; kept < whole.Length; kept++)
            Assert.Throws<InvalidDataException>(() => Inflate(whole[..kept]));
    }

    private static string Inflate(byte[] bytes)
    {
        using var reader = new StreamReader(new CheckedGzipStream(new MemoryStream(bytes)));
        return reader.ReadToEnd();
    }
}
