using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Fer.Pipeline;
using Fer.Server;

namespace Fer.Tests.Server;

/// <summary>What a live camera may send, as bytes on the line: mostly sound frames, and what breaks WebSocket's rules or ours.</summary>
internal static class OddFrames
{
    private const int Text = 1, Binary = 2, Close = 8, Ping = 9;

    private static readonly string[] Settings =
    [
        """{"box":{"x":10,"y":5,"width":20,"height":30}}""", """{"box":null}""", """{"box":null,"box":1}""", """{"box":[1,2,3,4]}""",
        """{"box":{"x":"1","y":5,"width":20,"height":30}}""", """{"box":{"x":1e39,"y":5,"width":20,"height":30}}""",
        """{"box":{"x":-0.0,"y":-5e5,"width":1e-30,"height":999999}}""", "{}", "", "null", "[[[[[[1]]]]]]", "{\"b\\ud800ox\":null}",
        "{\"box\":{\"x\":1,\"y\":1,\"width\":null,\"height\":1}}", "\ufeff{\"box\":null}", new string(' ', 4000) + "{\"box\":null}",
        "\u0000",
    ];

    /// <summary>The handshake, then frames.</summary>
    internal static byte[] Of(ref RandomStream random)
    {
        var line = new MemoryStream();
        string key = random.NextInt32(20) == 0 ? "short" : "dGhlIHNhbXBsZSBub25jZQ==";
        string protocol = random.NextInt32(20) == 0 ? "other" : RequestGuard.LiveProtocol, version = random.NextInt32(20) == 0 ? "7" : "13";
        line.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"GET {Routes.Live} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n")));
        for (int frames = 1 + random.NextInt32(5); frames > 0; frames--) Add(line, ref random);
        if (random.NextBoolean(0.9)) line.Write(Frame(Close, [0x03, 0xE8], ref random));
        return line.ToArray();
    }

    private static void Add(MemoryStream line, ref RandomStream random)
    {
        byte[] picture = [0, 0, 0, 1, .. random.NextBoolean(0.6) ? TestPictures.Jpeg : Mutation.Of(TestPictures.Jpeg, ref random)];
        switch (random.NextInt32(16))
        {
            case 0 or 1: line.Write(Frame(Text, Encoding.UTF8.GetBytes(Settings[random.NextInt32(Settings.Length)]), ref random)); break;
            case 2: line.Write(Frame(Text, [0xFF, 0xC0, 0x80], ref random)); break;
            case 3: line.Write(Frame(Text, new byte[random.NextInt32(6000)], ref random)); break;
            case 4: line.Write(Frame(Binary, new byte[random.NextInt32(6)], ref random)); break;
            case 5: line.Write(Frame(Ping, new byte[random.NextInt32(200)], ref random)); break;
            case 6: line.Write(Frame(Close, CloseReason(ref random), ref random)); break;
            // In pieces, or with pieces missing.
            case 7:
                line.Write(Frame(Binary, picture[..9], ref random, isFinal: false));
                if (random.NextBoolean(0.5)) line.Write(Frame(Ping, [], ref random));
                line.Write(Frame(random.NextInt32(3) == 0 ? Text : 0, picture[9..], ref random, isFinal: random.NextBoolean(0.8)));
                break;
            case 8: line.Write(Frame(random.NextInt32(16), picture, ref random)); break;
            case 9: line.Write(Frame(Binary | 0x40, picture, ref random)); break;
            case 10: line.Write(Frame(Binary, picture, ref random, isMasked: false)); break;
            case 11: line.Write(Frame(Binary, picture, ref random, length: Mutation.Odd(ref random))); break;
            case 12: line.Write(Mutation.Of(Frame(Binary, picture, ref random), ref random)); break;
            default: line.Write(Frame(Binary, picture, ref random)); break;
        }
    }

    private static byte[] CloseReason(ref RandomStream random) => random.NextInt32(4) switch
    {
        0 => [],
        1 => [3],
        2 => [(byte)random.NextUInt64(), (byte)random.NextUInt64()],
        _ => [0x03, 0xE8, 0xFF, 0xFE],
    };

    /// <summary>A frame of RFC 6455, section 5.2.</summary>
    private static byte[] Frame(
        int opcode, byte[] content, ref RandomStream random, bool isFinal = true, bool isMasked = true, long? length = null)
    {
        long told = length ?? content.Length;
        var frame = new List<byte> { (byte)((isFinal ? 0x80 : 0) | opcode) };
        int mask = isMasked ? 0x80 : 0;
        var wide = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(wide, told);
        if (told is >= 0 and < 126) frame.Add((byte)(mask | (int)told));
        else if (told is >= 0 and < 65536) frame.AddRange([(byte)(mask | 126), .. wide[6..]]);
        else frame.AddRange([(byte)(mask | 127), .. wide]);
        var key = new byte[4];
        for (int i = 0; i < 4; i++) key[i] = (byte)random.NextUInt64();
        if (isMasked) frame.AddRange(key);
        for (int i = 0; i < content.Length; i++) frame.Add(isMasked ? (byte)(content[i] ^ key[i % 4]) : content[i]);
        return [.. frame];
    }
}
