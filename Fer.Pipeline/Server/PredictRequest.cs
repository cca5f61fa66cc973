using System.Globalization;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Fer.Server;

/// <summary>What a request to <c>/v1/predict</c> asks for.</summary>
/// <param name="Pictures">The files, each with the name that messages call it by; views of the body, not copies.</param>
/// <param name="IsBatch">True where the answer is a list, one entry a picture.</param>
internal sealed record PredictRequest(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Bytes)> Pictures, bool IsBatch)
{
    private const string Faces = "faces", Box = "box", Multipart = "multipart/form-data", Json = "application/json";

    internal const string NoPicture = "The body holds no picture.";

    private static readonly string[] RawTypes =
    [
        "image/jpeg", "image/jpg", "image/png", "image/webp", "image/gif", "image/bmp", "image/x-ms-bmp", "image/*",
        "application/octet-stream",
    ];

    /// <summary>Where the faces are, by the query.</summary>
    /// <exception cref="RequestProblem">The query holds what is not known.</exception>
    internal static FaceChoice Choice(IQueryCollection query, bool hasDetector)
    {
        foreach (var (name, values) in query)
        {
            if (name is not (Faces or Box))
            {
                throw RequestProblem.BadRequest(
                    $"'{Shown(name)}' is no parameter of this request.{NearestName.Hint(name, [Faces, Box])}");
            }
            if (values.Count != 1) throw RequestProblem.BadRequest($"'{name}' is given {values.Count} times.");
        }
        if (query.TryGetValue(Box, out var box))
        {
            if (query.ContainsKey(Faces)) throw RequestProblem.BadRequest("Either 'faces' or 'box', not both.");
            return new FaceChoice(FaceSource.Box, ParseBox(box.ToString()));
        }
        if (!query.TryGetValue(Faces, out var faces)) return FaceChoice.Detect;
        return faces.ToString() switch
        {
            "detect" => FaceChoice.Detect,
            "whole" => FaceChoice.Whole,
            var other => throw RequestProblem.BadRequest($"'{Shown(other)}' is no value of 'faces': it is " +
                $"detect{(hasDetector ? "" : " (this server looks for none)")} or whole."),
        };
    }

    /// <summary>How the body holds its pictures.</summary>
    /// <exception cref="RequestProblem">The body is of a kind that holds no picture (415), or its boundary is missing (400).</exception>
    internal static BodyFormat Format(HttpRequest request)
    {
        const string Known = "send a picture as image/jpeg, image/png, image/webp, image/gif or image/bmp, several as " +
            "multipart/form-data or in base64 as application/json";
        if (request.ContentType is null) throw RequestProblem.UnsupportedType($"The body has no Content-Type; {Known}.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw RequestProblem.UnsupportedType($"The Content-Type cannot be read; {Known}.");
        if (type.MediaType.Equals(Multipart, StringComparison.OrdinalIgnoreCase))
        {
            string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
            if (boundary.Length is > 0 and <= 70) return new(BodyKind.Multipart, boundary);
            throw RequestProblem.BadRequest("The Content-Type names no boundary of 1 to 70 characters between the parts.");
        }
        if (type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)) return new(BodyKind.Json);
        if (RawTypes.Contains(type.MediaType.ToString(), StringComparer.OrdinalIgnoreCase)) return new(BodyKind.Picture);
        throw RequestProblem.UnsupportedType($"'{Shown(type.MediaType.ToString())}' is not read; {Known}.");
    }

    /// <summary>The pictures of a body.</summary>
    /// <exception cref="RequestProblem">The parts cannot be told apart (400), there is none (422) or there are too many (413).</exception>
    internal static async Task<PredictRequest> ParseAsync(
        ArraySegment<byte> body, BodyFormat format, int most, CancellationToken cancellationToken)
    {
        if (format.Kind == BodyKind.Picture) return new([("picture", body.AsMemory())], false);
        if (format.Kind == BodyKind.Json) return JsonPictures.Parse(body, most);
        var pictures = new List<(string, ReadOnlyMemory<byte>)>();
        try
        {
            // Over memory: the framework's form would put larger files on disk. What is read is only counted: a part lies in the body,
            // whose bytes the budget counts, and a copy of it would be memory that nobody counts.
            using var stream = new MemoryStream(body.Array!, body.Offset, body.Count, writable: false);
            var reader = new MultipartReader(format.Boundary, stream) { HeadersCountLimit = 16, HeadersLengthLimit = 4096 };
            while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section)
            {
                if (pictures.Count == most) throw TooMany(most);
                await section.Body.DrainAsync(cancellationToken).ConfigureAwait(false);
                // The start is known because a stream over memory can seek; after draining, the position is the part's length.
                int start = (int)section.BaseStreamOffset!.Value, length = (int)section.Body.Position;
                pictures.Add((NameOf(section, pictures.Count), body.AsMemory(start, length)));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw RequestProblem.BadRequest("The parts of the body cannot be told apart, or its end is missing.");
        }
        return pictures.Count > 0 ? new(pictures, pictures.Count > 1) : throw RequestProblem.Unprocessable(NoPicture);
    }

    internal static RequestProblem TooMany(int most) =>
        RequestProblem.TooLarge($"One request holds at most {most} pictures. Send several requests.");

    /// <summary>True where a box has a size and its numbers are such as pictures have.</summary>
    internal static bool IsSound(FaceBox box) =>
        box.Width is > 0 and < 1e6f && box.Height is > 0 and < 1e6f && Math.Abs(box.X) < 1e6f && Math.Abs(box.Y) < 1e6f;

    private static FaceBox ParseBox(string text)
    {
        string[] parts = text.Split(',');
        var numbers = new float[4];
        bool right = parts.Length == 4;
        for (int i = 0; right && i < 4; i++)
            right = float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
        var box = new FaceBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        return right && IsSound(box) ? box : throw RequestProblem.BadRequest(
            $"'{Shown(text)}' is no box; it takes x,y,width,height in pixels, as in box=120,80,200,200.");
    }

    private static string NameOf(MultipartSection section, int index)
    {
        string name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString()
            : "";
        return Named(name, index);
    }

    /// <summary>What messages call a picture: the name that it was sent with, else its number.</summary>
    internal static string Named(string name, int index)
    {
        name = VisibleText.Line(name.Length > 100 ? name[..100] : name);
        return name.Length > 0 ? name : $"picture {index + 1}";
    }

    internal static string Shown(string text) => text.Length > 80 ? text[..80] + "…" : text;
}

/// <summary>How a body holds its pictures.</summary>
/// <param name="Kind">As what.</param>
/// <param name="Boundary">What is between the parts of a multipart body.</param>
internal readonly record struct BodyFormat(BodyKind Kind, string Boundary = "");

/// <summary>As what a body holds its pictures.</summary>
internal enum BodyKind
{
    /// <summary>It is one.</summary>
    Picture,

    /// <summary>Parts of a form.</summary>
    Multipart,

    /// <summary>Base64 in JSON.</summary>
    Json,
}
