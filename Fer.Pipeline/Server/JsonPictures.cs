using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Fer.Pipeline;

namespace Fer.Server;

/// <summary>
/// Pictures in a JSON body: <c>{"picture": "BASE64"}</c>, or <c>{"pictures": ["BASE64", {"name": "a.png", "data": "BASE64"}]}</c>. Base64
/// is decoded where it lies, so that a picture takes no memory that the budget of all requests does not count.
/// </summary>
internal static class JsonPictures
{
    private const string One = "picture", Many = "pictures", Name = "name", Data = "data";

    /// <summary>What a data URL has before its base64.</summary>
    private const int LongestPrefix = 100;

    /// <summary>Reads the body; its bytes are overwritten.</summary>
    /// <exception cref="RequestProblem">It is no JSON or holds what is not known (400), no picture (422), or too many (413).</exception>
    internal static (List<(string Name, ReadOnlyMemory<byte> Bytes)> Pictures, bool IsList) Parse(ArraySegment<byte> body, int most)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 4 });
        try
        {
            return Read(ref reader, body, most);
        }
        catch (JsonException e)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            throw RequestProblem.BadRequest($"The body is no JSON, as its Content-Type says: it breaks off or goes wrong at {at}.");
        }
        catch (InvalidOperationException)
        {
            throw RequestProblem.BadRequest("The body is JSON with a name that is no text: not UTF-8, or half a pair of surrogates.");
        }
    }

    private static (List<(string Name, ReadOnlyMemory<byte> Bytes)> Pictures, bool IsList) Read(
        ref Utf8JsonReader reader, ArraySegment<byte> body, int most)
    {
        var pictures = new List<(string, ReadOnlyMemory<byte>)>();
        string? given = null;
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject, "The body");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string member = reader.GetString()!;
            if (member is not (One or Many)) throw Unknown(member, [One, Many]);
            if (given is not null) throw RequestProblem.BadRequest($"Either '{One}' or '{Many}', and once.");
            given = member;
            reader.Read();
            if (member == One)
            {
                pictures.Add((One, Decode(ref reader, body, One)));
                continue;
            }
            Expect(ref reader, JsonTokenType.StartArray, $"'{Many}'");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (pictures.Count == most) throw RequestProblem.TooManyPictures(most);
                pictures.Add(ReadOne(ref reader, body, pictures.Count));
            }
        }
        // What follows the object would be found here.
        reader.Read();
        return pictures.Count > 0 ? (pictures, given == Many) : throw RequestProblem.NoPicture();
    }

    private static (string, ReadOnlyMemory<byte>) ReadOne(ref Utf8JsonReader reader, ArraySegment<byte> body, int index)
    {
        string name = SentText.PictureName("", index);
        if (reader.TokenType == JsonTokenType.String) return (name, Decode(ref reader, body, name));
        Expect(ref reader, JsonTokenType.StartObject, name);
        ReadOnlyMemory<byte>? data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string member = reader.GetString()!;
            reader.Read();
            if (member == Name)
            {
                Expect(ref reader, JsonTokenType.String, $"'{Name}' of {name}");
                name = SentText.PictureName(reader.GetString()!, index);
            }
            else if (member == Data)
            {
                data = Decode(ref reader, body, name);
            }
            else
            {
                throw Unknown(member, [Name, Data]);
            }
        }
        return (name, data ?? throw RequestProblem.BadRequest($"{name}: it has no '{Data}', the picture in base64."));
    }

    /// <summary>Decodes the string at hand, with or without a data URL's beginning.</summary>
    private static ReadOnlyMemory<byte> Decode(ref Utf8JsonReader reader, ArraySegment<byte> body, string name)
    {
        Expect(ref reader, JsonTokenType.String, name);
        // Behind the quotation mark.
        int start = (int)reader.TokenStartIndex + 1;
        var text = body.AsSpan(start, reader.ValueSpan.Length);
        if (reader.ValueIsEscaped) text = text[..Unescape(text)];
        var head = text[..Math.Min(text.Length, LongestPrefix)];
        int prefix = head.StartsWith("data:"u8) ? head.IndexOf((byte)',') + 1 : 0;
        if (Base64.DecodeFromUtf8InPlace(text[prefix..], out int length) != OperationStatus.Done)
            throw RequestProblem.BadRequest($"{name}: it is not base64.");
        return body.AsMemory(start + prefix, length);
    }

    /// <summary>Undoes, in place, what JSON writers escape in base64: <c>\/</c>, line ends, and any sign by its number.</summary>
    /// <returns>The new length; what base64 cannot hold stays as it is and fails there.</returns>
    private static int Unescape(Span<byte> text)
    {
        int to = 0;
        for (int from = 0; from < text.Length; from++)
        {
            byte sign = text[from];
            if (sign == '\\')
            {
                sign = text[++from] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var other => other,
                };
                if (sign == 'u' && Utf8Parser.TryParse(text.Slice(from + 1, 4), out ushort number, out int read, 'x') && read == 4)
                {
                    from += 4;
                    sign = number < 128 ? (byte)number : (byte)'\\';
                }
            }
            text[to++] = sign;
        }
        return to;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.TokenType == type) return;
        string wanted = type switch { JsonTokenType.StartObject => "an object", JsonTokenType.StartArray => "a list", _ => "a text" };
        throw RequestProblem.BadRequest($"{what} should be {wanted}: " +
            """{"picture":"BASE64"} or {"pictures":["BASE64",{"name":"a.png","data":"BASE64"}]}.""");
    }

    private static RequestProblem Unknown(string member, string[] known) => RequestProblem.BadRequest(
        $"'{SentText.Short(member)}' is not known here.{NearestName.Hint(member, known)}");
}
