using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fer.Server;

/// <summary>What is served where, and what every request goes through: safe headers, the guard, and failures as problem details.</summary>
internal static class Routes
{
    internal const string Predict = "/v1/predict", Live = "/v1/live", Model = "/v1/model", Models = "/v1/models",
        Explain = "/v1/explain", Docs = "/docs",
        Health = "/healthz", Metrics = "/metrics", OpenApi = "/openapi.json";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    internal static void Map(WebApplication app, ServerServices services)
    {
        var live = new LiveEndpoint(services);
        if (services.Options.TrustedProxies.Count > 0) app.UseForwardedHeaders(TrustedProxies.Headers(services.Options.TrustedProxies));
        app.Use(next => context => HandleAsync(context, next, services));
        // The page that shows the interface, its scripts from the package; it works under the page's own policy.
        app.UseSwaggerUI(docs =>
        {
            docs.RoutePrefix = Docs[1..];
            docs.DocumentTitle = "FerMl: the interface";
            docs.SwaggerEndpoint(OpenApi, "FerMl");
            docs.InjectStylesheet("/docs.css");
        });
        app.UseRouting();
        if (services.Options.AllowedOrigins.Count > 0) app.UseCors(policy => AllowedOrigin.Allow(policy, services.Options.AllowedOrigins));
        app.UseWebSockets(new WebSocketOptions
        {
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            KeepAliveTimeout = TimeSpan.FromSeconds(20),
        });
        app.MapPost(Predict, new PredictEndpoint(services).InvokeAsync);
        app.MapGet(Live, live.InvokeAsync);
        var model = new ModelEndpoint(services);
        app.MapPost(Explain, new ExplainEndpoint(services).InvokeAsync);
        app.MapMethods(Model, Reading, model.InvokeAsync);
        app.MapMethods(Models, Reading, model.ListAsync);
        app.MapMethods(Health, Reading, context => WriteTextAsync(context, "ok\n"));
        app.MapMethods(Metrics, Reading, context =>
        {
            services.Guard.CheckKey(context);
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return WriteTextAsync(context, services.Metrics.ToPrometheus(services.Limiter, services.Budget, services.Log.Dropped));
        });
        foreach (var file in PageFile.All) app.MapMethods(file.Path, Reading, file.WriteAsync);
    }

    private static async Task HandleAsync(HttpContext context, RequestDelegate next, ServerServices services)
    {
        SafeHeaders(context);
        var guest = context.Features.Get<ConnectionGate.Guest>();
        guest?.BeginRequest();
        try
        {
            services.Guard.CheckSource(context.Request);
            await next(context).ConfigureAwait(false);
            // Routing answers unknown paths and methods without a body.
            if (!context.Response.HasStarted
                && context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
                await ProblemDetailsWriter.WriteAsync(context, Unrouted(context)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await FailAsync(context, e, services).ConfigureAwait(false);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
            services.Metrics.Request(route, context.Response.StatusCode);
            guest?.EndRequest();
        }
    }

    private static async Task FailAsync(HttpContext context, Exception e, ServerServices services)
    {
        // A client that is gone gets no answer.
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        var problem = e switch
        {
            RequestProblem known => known,
            BadHttpRequestException bad => new RequestProblem(bad.StatusCode, bad.Message),
            _ => new RequestProblem(StatusCodes.Status500InternalServerError, "The server failed at this; its log says more."),
        };
        if (problem.Status >= StatusCodes.Status500InternalServerError && e is not RequestProblem)
            services.Log.Failure(context.Request.Path, e);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        try
        {
            await ProblemDetailsWriter.WriteAsync(context, problem).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Gone while being told.
        }
    }

    private static RequestProblem Unrouted(HttpContext context) => context.Response.StatusCode == StatusCodes.Status404NotFound
        ? new(StatusCodes.Status404NotFound, $"There is nothing here; {OpenApi} describes what is.")
        : new(StatusCodes.Status405MethodNotAllowed,
            $"{context.Request.Method} is not allowed here; this takes {context.Response.Headers.Allow}.");

    private static void SafeHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        // Browsers would never again speak HTTP with any other program on localhost.
        if (context.Request.IsHttps && !RequestGuard.IsThisMachine(context.Request.Host.Host))
            headers.StrictTransportSecurity = "max-age=31536000";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), display-capture=()";
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
            "img-src 'self' blob: data:; media-src 'self' blob:; " +
            "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static Task WriteTextAsync(HttpContext context, string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType ??= "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
