using Fer.Pipeline.Faces;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary><c>GET /v1/model</c>: what the model is, what it cannot do, and what the server takes.</summary>
internal sealed class ModelEndpoint(ServerServices services)
{
    /// <summary>What everyone who reads an answer should know; the page shows them as well.</summary>
    internal static string[] LimitsOf(IReadOnlyList<string> classNames) =>
    [
        .. (string[])(LabelScheme.OfNames(classNames).IsOfEmotions
        ? [
            "A face's look is not a feeling: the model names the expression that people would read in a picture of this face, " +
                "not what the person feels.",
            "People agree with FER2013's labels in about two of three faces; a model is no better than the labels it learnt from.",
        ]
        : [
            "A face's look is not a feeling: the model names the class that people gave to pictures like this face, " +
                "not what goes on in the person.",
            "It knows its own classes alone and names one of them for every face; it is no better than the labels it learnt from.",
        ]),
        "It sees one grey face of 48 x 48 pixels at a time: no voice, no words, no situation.",
        "Lighting, glasses, hands, age and origin of a person change how well it works; the faces it learnt from are no " +
            "fair sample of mankind.",
        "Do not judge, hire, grade or diagnose anyone by it.",
    ];

    /// <summary><c>GET /v1/models</c>: what requests may name.</summary>
    internal Task ListAsync(HttpContext context)
    {
        services.Guard.CheckKey(context);
        return JsonResponse.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models");
            foreach (string name in services.Models.Names) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    internal async Task InvokeAsync(HttpContext context)
    {
        services.Guard.CheckKey(context);
        using var models = await ModelPair.TakeAsync(services.Models, context.Request.Query, context.RequestAborted).ConfigureAwait(false);
        var served = models.First;
        var manifest = served.Model.Manifest;
        var options = services.Options;
        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", served.Name);
            json.WriteNumber("views", served.Views[^1]);
            json.WriteString("architecture", manifest.Architecture);
            json.WriteString("scheme", manifest.Scheme);
            json.WriteStartArray("emotions");
            foreach (string name in manifest.ClassNames) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartObject("metrics");
            foreach (var (name, value) in manifest.Metrics)
                if (double.IsFinite(value)) json.WriteNumber(name, value);
            json.WriteEndObject();
            json.WriteString("trainingDataSha256", manifest.TrainingDataSha256);
            json.WriteNumber("seed", manifest.Seed);
            json.WriteStartObject("versions");
            foreach (var (name, version) in manifest.Versions) json.WriteString(name, version);
            json.WriteEndObject();
            json.WriteString("detector", services.Analyzer.Finder?.Name);
            json.WriteStartArray("limits");
            foreach (string limit in LimitsOf(manifest.ClassNames)) json.WriteStringValue(limit);
            json.WriteEndArray();
            json.WriteStartObject("takes");
            json.WriteNumber("bytes", options.MaxBodyBytes);
            json.WriteNumber("pixels", options.MaxPixels);
            json.WriteNumber("pictures", options.MaxPictures);
            json.WriteNumber("requests", options.MaxRequestsPerClient);
            json.WriteNumber("seconds", options.RequestSeconds);
            json.WriteEndObject();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }
}
