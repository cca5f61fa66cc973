using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Fer.Server;

/// <summary>Writes problem details (RFC 9457).</summary>
internal static class ProblemDetailsWriter
{
    internal const string ContentType = "application/problem+json";

    /// <summary>The problem as the whole answer.</summary>
    internal static Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return JsonResponse.WriteAsync(context, json => Write(json, problem), ContentType);
    }

    /// <summary>The problem as an object inside another answer.</summary>
    internal static void Write(Utf8JsonWriter json, RequestProblem problem)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status", problem.Status);
        json.WriteString("detail", problem.Message);
        json.WriteEndObject();
    }
}
