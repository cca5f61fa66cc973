using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>
/// <c>POST /v1/explain</c>: where in a face the evidence for a class is, by Grad-CAM. Of several faces the one nearest to a point that the
/// request names, else the largest.
/// </summary>
internal sealed class ExplainEndpoint(ServerServices services)
{
    private const string Class = "class", Near = "near";

    private static readonly string[] Parameters = [.. PredictRequest.Parameters.Where(name => name != ModelPair.Beside), Class, Near];

    internal async Task InvokeAsync(HttpContext context)
    {
        string client = services.Guard.CheckKey(context);
        var request = context.Request;
        var choice = PredictRequest.Choice(request.Query, Parameters, services.Analyzer.Finder is not null);
        Vector2? near = request.Query.TryGetValue(Near, out var point) ? PredictRequest.ParsePoint(point.ToString()) : null;
        var format = PredictRequest.Format(request);
        using var entry = services.Limiter.Enter(client);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(TimeSpan.FromSeconds(services.Options.RequestSeconds));
        using var models = await ModelPair.TakeAsync(services.Models, request.Query, limit.Token).ConfigureAwait(false);
        var model = models.First;
        int? asked = request.Query.TryGetValue(Class, out var name) ? ClassIndex(model.Model, name.ToString()) : null;
        using var body = await PredictEndpoint.ReadAsync(services, request, limit.Token).ConfigureAwait(false);
        var pictures = await PredictRequest.ParseAsync(body.Bytes, format, most: 1, limit.Token).ConfigureAwait(false);
        var (_, faces, _) = await services.Analyzer
            .LookAsync(pictures.Pictures[0].Bytes, pictures.Pictures[0].Name, choice, new Turn(client, pictures), limit.Token)
            .ConfigureAwait(false);
        if (Chosen(faces, near) is not { } face) throw RequestProblem.Unprocessable("There is no face in this picture to explain.");
        var (probabilities, _, _) =
            await model.Batcher.ClassifyAsync(face.Pixels, model.Views[^1], limit.Token).ConfigureAwait(false);
        int explained = asked ?? FerPrediction.Best(probabilities);
        var map = await Task.Run(() => model.Explain(face.Pixels, explained), CancellationToken.None).WaitAsync(limit.Token)
            .ConfigureAwait(false);
        var prediction = FerPrediction.From(model.Model.ClassNames, probabilities);
        await JsonResponse.WriteAsync(context, json => Write(json, model, face, prediction, explained, map)).ConfigureAwait(false);
    }

    private static void Write(
        Utf8JsonWriter json, ServedModel model, FoundFace face, FerPrediction prediction, int explained, ExplanationMap map)
    {
        json.WriteStartObject();
        json.WriteString(ModelPair.Model, model.Name);
        json.WriteString(Class, model.Model.ClassNames[explained]);
        FaceJson.WriteMembers(json, face.Box, face.Found?.Score, prediction.Label, prediction);
        // What the classifier saw: clockwise from the face's top left.
        json.WriteStartArray("corners");
        foreach (var corner in face.Square?.Corners() ?? Corners(face.Box))
        {
            json.WriteStartArray();
            json.WriteNumberValue(Math.Round(corner.X, 1));
            json.WriteNumberValue(Math.Round(corner.Y, 1));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartObject("map");
        json.WriteNumber("side", map.Side);
        json.WriteStartArray("values");
        foreach (double value in map.Values) json.WriteNumberValue(Math.Round(value, 3));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static FoundFace? Chosen(IReadOnlyList<FoundFace> faces, Vector2? near) => near is { } point
        ? faces.MinBy(face => Vector2.DistanceSquared(point, new(face.Box.X + face.Box.Width / 2, face.Box.Y + face.Box.Height / 2)))
        : faces.MaxBy(face => face.Box.Area);

    private static Vector2[] Corners(FaceBox box) =>
        [new(box.X, box.Y), new(box.Right, box.Y), new(box.Right, box.Bottom), new(box.X, box.Bottom)];

    private static int ClassIndex(FerModel model, string name)
    {
        for (int i = 0; i < model.ClassNames.Count; i++)
            if (model.ClassNames[i] == name) return i;
        throw RequestProblem.BadRequest(string.Create(CultureInfo.InvariantCulture,
            $"'{SentText.Short(name)}' is no class of this model: {string.Join(", ", model.ClassNames)}."));
    }
}
