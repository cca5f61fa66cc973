using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary><c>GET /v1/live</c>: a WebSocket that takes camera frames and answers with their faces, followed from frame to frame.</summary>
internal sealed class LiveEndpoint(ServerServices services)
{
    internal async Task InvokeAsync(HttpContext context)
    {
        string client = services.Guard.CheckKey(context);
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(RequestGuard.LiveProtocol))
        {
            context.Response.Headers.Upgrade = "websocket";
            throw new RequestProblem(StatusCodes.Status426UpgradeRequired,
                $"This is a WebSocket of the protocol {RequestGuard.LiveProtocol}; {Routes.Predict} takes single pictures.");
        }
        bool isFilm = LiveSession.IsFilm(context.Request.Query);
        using var models = await ModelPair.TakeAsync(services.Models, context.Request.Query, context.RequestAborted).ConfigureAwait(false);
        if (!services.Metrics.TryEnterSession(services.Options.MaxLiveSessions))
        {
            throw RequestProblem.Overloaded(
                $"{services.Options.MaxLiveSessions} live cameras are open, as many as the server takes. Close one and try again.");
        }
        try
        {
            using var entry = services.Limiter.Enter(client);
            using var socket = await context.WebSockets.AcceptWebSocketAsync(RequestGuard.LiveProtocol).ConfigureAwait(false);
            using var session = new LiveSession(socket, services, client, models, isFilm);
            await session.RunAsync(context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            services.Metrics.LeaveSession();
        }
    }
}
