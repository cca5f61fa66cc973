using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary><c>POST /v1/predict</c>: one picture or several, each to its faces.</summary>
internal sealed class PredictEndpoint(ServerServices services)
{
    /// <summary>
    /// Pictures of a request that are looked at together: never as many as there are processors, since a decoder that has begun cannot be
    /// made to let others go first, and never so many that they fill the memory.
    /// </summary>
    private static readonly int PicturesAtATime = Math.Clamp(Environment.ProcessorCount - 1, 1, 2);

    internal async Task InvokeAsync(HttpContext context)
    {
        string client = services.Guard.CheckKey(context);
        var request = context.Request;
        var choice = PredictRequest.Choice(request.Query, PredictRequest.Parameters, services.Analyzer.Finder is not null);
        var format = PredictRequest.Format(request);
        using var entry = services.Limiter.Enter(client);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(TimeSpan.FromSeconds(services.Options.RequestSeconds));
        using var models = await ModelPair.TakeAsync(services.Models, request.Query, limit.Token).ConfigureAwait(false);
        using var body = await ReadAsync(services, request, limit.Token).ConfigureAwait(false);
        var pictures = await PredictRequest.ParseAsync(body.Bytes, format, services.Options.MaxPictures, limit.Token)
            .ConfigureAwait(false);
        long start = services.Time.GetTimestamp();
        var turn = new Turn(client, pictures);
        try
        {
            if (pictures.IsBatch) await AnswerManyAsync(context, pictures, choice, turn, models, start, limit.Token).ConfigureAwait(false);
            else await AnswerOneAsync(context, pictures, choice, turn, models, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw RequestProblem.Overloaded(
                $"No answer within {services.Options.RequestSeconds} seconds. Try again, or send less at once.");
        }
    }

    /// <summary>The body, within the time that a request may take.</summary>
    internal static async Task<RequestBody> ReadAsync(ServerServices services, HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await RequestBody.ReadAsync(request, services.Options.MaxBodyBytes, services.Budget, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Whatever arrives later on this connection cannot be told from the rest of the body.
            request.HttpContext.Response.Headers.Connection = "close";
            throw new RequestProblem(
                StatusCodes.Status408RequestTimeout, $"The body did not arrive within {services.Options.RequestSeconds} seconds.");
        }
    }

    private async Task AnswerOneAsync(
        HttpContext context, PredictRequest request, FaceChoice choice, Turn turn, ModelPair models, CancellationToken cancellationToken)
    {
        var (name, bytes) = request.Pictures[0];
        var answer = await services.Analyzer
            .AnalyzeAsync(bytes, name, choice, turn, models.First, models.Second, budget: null, cancellationToken).ConfigureAwait(false);
        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            PredictionJson.WriteMembers(json, answer);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>A picture that cannot be read is a problem in its place; the others are still answered.</summary>
    private async Task AnswerManyAsync(
        HttpContext context, PredictRequest request, FaceChoice choice, Turn turn, ModelPair models, long start,
        CancellationToken cancellationToken)
    {
        var results = new (PictureAnswer Answer, RequestProblem? Problem)[request.Pictures.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = PicturesAtATime, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, results.Length, options, async (i, cancellation) =>
        {
            var (name, bytes) = request.Pictures[i];
            try
            {
                results[i].Answer = await services.Analyzer
                    .AnalyzeAsync(bytes, name, choice, turn, models.First, models.Second, budget: null, cancellation).ConfigureAwait(false);
            }
            catch (RequestProblem problem)
            {
                results[i].Problem = problem;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                services.Log.Failure(context.Request.Path, e);
                results[i].Problem = new(StatusCodes.Status500InternalServerError, "The server failed at this picture; its log says more.");
            }
        }).ConfigureAwait(false);
        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("results");
            for (int i = 0; i < results.Length; i++) WriteResult(json, request.Pictures[i].Name, results[i].Answer, results[i].Problem);
            json.WriteEndArray();
            json.WriteStartObject("milliseconds");
            json.WriteNumber("total", Math.Round(services.Time.GetElapsedTime(start).TotalMilliseconds, 2));
            json.WriteEndObject();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteResult(Utf8JsonWriter json, string name, PictureAnswer answer, RequestProblem? problem)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        if (problem is null)
        {
            PredictionJson.WriteMembers(json, answer);
        }
        else
        {
            json.WritePropertyName("problem");
            ProblemDetailsWriter.Write(json, problem);
        }
        json.WriteEndObject();
    }
}
