using System.Globalization;
using System.Numerics;
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

    private static readonly string[] RawTypes =
    [
        "image/jpeg", "image/jpg", "image/png", "image/webp", "image/gif", "image/bmp", "image/x-ms-bmp", "image/*",
        "application/octet-stream",
    ];

    /// <summary>The parameters of a query that asks about a picture's faces.</summary>
    internal static IReadOnlyList<string> Parameters { get; } = [Faces, Box, ModelPair.Model, ModelPair.Beside];

    /// <summary>Where the faces are, by the query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="known">The parameters that the request takes.</param>
    /// <param name="hasDetector">True where faces can be looked for.</param>
    /// <exception cref="RequestProblem">The query holds what is not known.</exception>
    internal static FaceChoice Choice(IQueryCollection query, IReadOnlyList<string> known, bool hasDetector)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
                throw RequestProblem.NoParameter(name, known);
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
            var other => throw RequestProblem.BadRequest($"'{SentText.Short(other)}' is no value of 'faces': it is " +
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
        throw RequestProblem.UnsupportedType($"'{SentText.Short(type.MediaType.ToString())}' is not read; {Known}.");
    }

    /// <summary>The pictures of a body.</summary>
    /// <exception cref="RequestProblem">The parts cannot be told apart (400), there is none (422) or there are too many (413).</exception>
    internal static async Task<PredictRequest> ParseAsync(
        ArraySegment<byte> body, BodyFormat format, int most, CancellationToken cancellationToken)
    {
        if (format.Kind == BodyKind.Picture) return new([("picture", body.AsMemory())], false);
        if (format.Kind == BodyKind.Json)
        {
            var (sent, isList) = JsonPictures.Parse(body, most);
            return new(sent, isList);
        }
        var pictures = new List<(string, ReadOnlyMemory<byte>)>();
        try
        {
            // Over memory: the framework's form would put larger files on disk. What is read is only counted: a part lies in the body,
            // whose bytes the budget counts, and a copy of it would be memory that nobody counts.
            using var stream = new MemoryStream(body.Array!, body.Offset, body.Count, writable: false);
            var reader = new MultipartReader(format.Boundary, stream) { HeadersCountLimit = 16, HeadersLengthLimit = 4096 };
            while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section)
            {
                if (pictures.Count == most) throw RequestProblem.TooManyPictures(most);
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
        return pictures.Count > 0 ? new(pictures, pictures.Count > 1) : throw RequestProblem.NoPicture();
    }

    /// <summary>True where a box has a size and its numbers are such as pictures have.</summary>
    internal static bool IsSound(FaceBox box) =>
        box.Width is > 0 and < 1e6f && box.Height is > 0 and < 1e6f && Math.Abs(box.X) < 1e6f && Math.Abs(box.Y) < 1e6f;

    /// <summary>A point of a picture.</summary>
    /// <exception cref="RequestProblem">It is none.</exception>
    internal static Vector2 ParsePoint(string text) => Numbers(text, 2) is [var x, var y] ? new(x, y) : throw RequestProblem.BadRequest(
        $"'{SentText.Short(text)}' is no point; it takes x,y in pixels, as in near=220,180.");

    /// <summary>So many finite numbers between commas, or null.</summary>
    private static float[]? Numbers(string text, int count)
    {
        string[] parts = text.Split(',');
        if (parts.Length != count) return null;
        var numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            bool isRight = float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
            if (!isRight || !float.IsFinite(numbers[i])) return null;
        }
        return numbers;
    }

    private static FaceBox ParseBox(string text)
    {
        var box = Numbers(text, 4) is [var x, var y, var width, var height] ? new FaceBox(x, y, width, height) : default;
        return IsSound(box) ? box : throw RequestProblem.BadRequest(
            $"'{SentText.Short(text)}' is no box; it takes x,y,width,height in pixels, as in box=120,80,200,200.");
    }

    private static string NameOf(MultipartSection section, int index)
    {
        string name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString()
            : "";
        return SentText.PictureName(name, index);
    }
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
