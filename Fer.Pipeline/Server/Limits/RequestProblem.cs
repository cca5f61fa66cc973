using Fer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>
/// Why a request fails: becomes problem details (RFC 9457) with its status. The detail is for the client and names nothing of this machine.
/// </summary>
internal sealed class RequestProblem(int status, string detail) : Exception(detail)
{
    /// <summary>The HTTP status.</summary>
    internal int Status { get; } = status;

    /// <summary>Seconds after which to try again, where that may help.</summary>
    internal int? RetryAfter { get; init; }

    internal static RequestProblem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    internal static RequestProblem TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, detail);

    internal static RequestProblem UnsupportedType(string detail) => new(StatusCodes.Status415UnsupportedMediaType, detail);

    internal static RequestProblem Unprocessable(string detail) => new(StatusCodes.Status422UnprocessableEntity, detail);

    internal static RequestProblem NoParameter(string name, IEnumerable<string> known) =>
        BadRequest($"'{SentText.Short(name)}' is no parameter of this request.{NearestName.Hint(name, [.. known])}");

    internal static RequestProblem NoPicture() => Unprocessable("The body holds no picture.");

    internal static RequestProblem TooManyPictures(int most) =>
        TooLarge($"One request holds at most {most} pictures. Send several requests.");

    internal static RequestProblem TooMany(string detail) => new(StatusCodes.Status429TooManyRequests, detail) { RetryAfter = 1 };

    internal static RequestProblem Overloaded(string detail) => new(StatusCodes.Status503ServiceUnavailable, detail) { RetryAfter = 1 };
}
