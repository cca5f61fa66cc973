using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;

namespace Fer.Tests.Data;

public class PixelParserTests
{
    [Fact]
    public void Every_value_is_read_at_every_place_of_a_block()
    {
        var random = new RandomStream(1);
        for (int round = 0; round < 300; round++)
        {
            var expected = new byte[1 + random.NextInt32(400)];
            // Few digits, many digits and all mixtures, so that numbers straddle the blocks of 64 everywhere.
            int limit = round % 3 == 0 ? 10 : round % 3 == 1 ? 100 : 256;
            for (int i = 0; i < expected.Length; i++) expected[i] = (byte)random.NextInt32(limit);
            var actual = new byte[expected.Length];
            Assert.True(Parse(string.Join(' ', expected), actual));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void A_damaged_text_is_judged_as_the_plain_parser_judges_it()
    {
        var random = new RandomStream(2);
        byte[] characters = " 0123456789x,-\"\t\0"u8.ToArray();
        for (int round = 0; round < 3000; round++)
        {
            var values = new byte[80];
            for (int i = 0; i < values.Length; i++) values[i] = (byte)random.NextInt32(256);
            byte[] text = Encoding.ASCII.GetBytes(string.Join(' ', values));
            for (int change = 0; change < 1 + round % 2; change++)
                text[random.NextInt32(text.Length)] = characters[random.NextInt32(characters.Length)];
            string damaged = Encoding.ASCII.GetString(text);
            byte[]? expected = Plain(damaged);
            var actual = new byte[80];
            bool sound = Parse(damaged, actual);
            Assert.Equal(expected is { Length: 80 }, sound);
            if (sound) Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData("1 2 3", "None", 0, 0)]
    [InlineData(" 1  2   3 ", "None", 0, 0)]
    [InlineData("001 02 3", "None", 0, 0)]
    [InlineData("1 256 3", "Value", 1, 2)]
    [InlineData("1 2 x", "Value", 2, 4)]
    [InlineData("-1 2 3", "Value", 0, 0)]
    [InlineData("1 2 0003", "Value", 2, 4)]
    [InlineData("1 2", "Count", 2, 0)]
    [InlineData("1 2 3 4", "Count", 4, 0)]
    [InlineData("", "Count", 0, 0)]
    public void A_fault_is_found_where_it_is(string text, string kind, int index, int offset)
    {
        var pixels = new byte[3];
        var fault = PixelParser.FindFault(Encoding.ASCII.GetBytes(text), pixels);
        Assert.Equal(kind, fault.Kind.ToString());
        Assert.Equal(kind == "None", Parse(text, pixels));
        if (kind == "None") Assert.Equal([1, 2, 3], pixels);
        else Assert.Equal((index, offset), (fault.Index, fault.Offset));
    }

    private static bool Parse(string text, byte[] pixels)
    {
        // What lies beside the field must not matter.
        var buffer = new byte[text.Length + 2 * ByteLineReader.Slack];
        buffer.AsSpan().Fill((byte)'9');
        Encoding.ASCII.GetBytes(text, buffer.AsSpan(ByteLineReader.Slack));
        return PixelParser.TryParse(buffer, ByteLineReader.Slack, text.Length, pixels);
    }

    private static byte[]? Plain(string text)
    {
        var values = new List<byte>();
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length > 3 || !part.All(char.IsAsciiDigit) || int.Parse(part) > 255) return null;
            values.Add((byte)int.Parse(part));
        }
        return [.. values];
    }
}
