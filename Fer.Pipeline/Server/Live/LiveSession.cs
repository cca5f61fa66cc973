using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Fer.Pipeline.Detection;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>
/// One live camera. Binary messages are frames: four bytes of the frame's number (big-endian), then a JPEG. A text message
/// <c>{"box":{"x","y","width","height"}}</c> says where the face is, <c>{"box":null}</c> that the detector should find it. Every frame that
/// is analysed is answered by a text message with its number, one that took too long by a problem; a frame that a newer one replaced is
/// not answered. With <c>time=frames</c> in the address the frames are a film's: a frame's number is its time in milliseconds, by which
/// faces are followed, and no answer is hurried.
/// </summary>
internal sealed class LiveSession : IDisposable
{
    private const int NumberBytes = 4, LongestText = 4096, GoodbyeSeconds = 2;

    private const string TimeParameter = "time", FrameTime = "frames";

    private readonly WebSocket _socket;
    private readonly ServerServices _services;
    private readonly Turn _turn;
    private readonly LatestFrame _latest = new();
    private readonly ModelPair _models;
    // Both follow the same boxes, and so give a face the same number.
    private readonly FaceTracker _tracker = new(), _besideTracker = new();
    private readonly ViewBudget? _budget;
    private readonly bool _isFilm;
    private readonly long _start;
    private volatile FaceChoice _choice;
    private long _superseded;
    private double _lastSeconds;

    internal LiveSession(WebSocket socket, ServerServices services, string client, ModelPair models, bool isFilm)
    {
        (_socket, _services, _turn) = (socket, services, new Turn(client, this));
        (_models, _isFilm) = (models, isFilm);
        if (!isFilm)
        {
            // Two models share the time.
            int askers = models.Second is null ? 1 : 2;
            _budget = new ViewBudget(models.First.Views, 1000 / services.Options.LiveFrameRate / askers);
        }
        _start = services.Time.GetTimestamp();
        // Without a detector the middle of the picture is the face until the page says where.
        _choice = services.Analyzer.Finder is null ? FaceChoice.Whole : FaceChoice.DetectInFrame;
    }

    /// <summary>True where the address says that the frames are a film's.</summary>
    /// <exception cref="RequestProblem">The address holds what is not known (400).</exception>
    internal static bool IsFilm(IQueryCollection query)
    {
        string[] known = [ModelPair.Model, ModelPair.Beside, TimeParameter];
        if (query.Keys.FirstOrDefault(name => !known.Contains(name)) is { } other)
            throw RequestProblem.NoParameter(other, known);
        if (!query.TryGetValue(TimeParameter, out var time)) return false;
        return time == FrameTime ? true : throw RequestProblem.BadRequest($"'{TimeParameter}' is {FrameTime} or not given.");
    }

    /// <summary>Serves until the camera closes the connection, sends nothing for too long, or the server stops.</summary>
    internal async Task RunAsync(CancellationToken aborted)
    {
        var end = new TaskCompletionSource<Ending>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ended = new CancellationTokenSource();
        // Cancelling a receive aborts the connection, so that is the last resort; a close message comes first.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var stopping = _services.Stopping.Register(
            () => end.TrySetResult(new(WebSocketCloseStatus.EndpointUnavailable, "The server stops.")));
        var idleTime = TimeSpan.FromSeconds(_services.Options.LiveIdleSeconds);
        await using var idle = _services.Time.CreateTimer(
            _ => end.TrySetResult(new(WebSocketCloseStatus.PolicyViolation, "No frame came for too long.")),
            null, idleTime, Timeout.InfiniteTimeSpan);
        var receiving = ReportAsync(ReceiveAsync(() => idle.Change(idleTime, Timeout.InfiniteTimeSpan), gone.Token), end);
        var working = ReportAsync(WorkAsync(ended.Token, gone.Token), end);
        var ending = await end.Task.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        gone.CancelAfter(TimeSpan.FromSeconds(GoodbyeSeconds));
        await working.ConfigureAwait(false);
        try
        {
            if (ending.Status is { } status && _socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(status, ending.Reason, gone.Token).ConfigureAwait(false);
            else await gone.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsGone(e))
        {
            // Nobody is left to take the close message.
        }
        await receiving.ConfigureAwait(false);
    }

    public void Dispose() => _latest.Dispose();

    /// <summary>Reports how a task ends; a broken connection ends without a close message.</summary>
    private static async Task ReportAsync(Task<Ending> task, TaskCompletionSource<Ending> end)
    {
        try
        {
            end.TrySetResult(await task.ConfigureAwait(false));
        }
        catch (Exception e) when (IsGone(e))
        {
            end.TrySetResult(new(null, ""));
        }
    }

    private static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or IOException;

    /// <summary>Receives until the other side closes the connection or breaks the rules.</summary>
    private async Task<Ending> ReceiveAsync(Action heard, CancellationToken gone)
    {
        int most = _services.Options.MaxBodyBytes + NumberBytes + 1;
        var buffer = new FrameBuffer();
        while (true)
        {
            buffer.Clear();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.Room(most), gone).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return new(WebSocketCloseStatus.NormalClosure, "");
                buffer.Advance(part.Count);
                if (buffer.Length == most || (part.MessageType == WebSocketMessageType.Text && buffer.Length > LongestText))
                    return new(WebSocketCloseStatus.MessageTooBig, "The message is too long.");
            }
            while (!part.EndOfMessage);
            heard();
            if (part.MessageType == WebSocketMessageType.Text)
            {
                if (!TryReadSettings(buffer.Bytes))
                    return new(WebSocketCloseStatus.InvalidPayloadData, "Not the settings of a live camera.");
            }
            else if (buffer.Length <= NumberBytes)
            {
                return new(WebSocketCloseStatus.InvalidPayloadData, "A frame is a number of four bytes and a JPEG.");
            }
            else
            {
                (buffer, bool superseded) = _latest.Put(buffer);
                if (superseded)
                {
                    Interlocked.Increment(ref _superseded);
                    _services.Metrics.Frame("superseded");
                }
            }
        }
    }

    /// <summary>Analyses the newest frame, again and again, until the session ends; the current frame is finished first.</summary>
    private async Task<Ending> WorkAsync(CancellationToken ended, CancellationToken gone)
    {
        while (true)
        {
            var frame = await _latest.TakeAsync(ended).ConfigureAwait(false);
            byte[] answer = await AnswerAsync(frame, gone).ConfigureAwait(false);
            // A client that does not take its answer in that time is gone.
            using var limit = Limit(gone);
            await _socket.SendAsync(answer, WebSocketMessageType.Text, true, limit.Token).ConfigureAwait(false);
        }
    }

    private CancellationTokenSource Limit(CancellationToken gone)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(gone);
        limit.CancelAfter(TimeSpan.FromSeconds(_services.Options.RequestSeconds));
        return limit;
    }

    private async Task<byte[]> AnswerAsync(FrameBuffer frame, CancellationToken gone)
    {
        uint number = BinaryPrimitives.ReadUInt32BigEndian(frame.Bytes.Span);
        // The settings may change while the frame is analysed; its answer is described by those it was analysed with.
        var choice = _choice;
        using var limit = Limit(gone);
        try
        {
            var picture = frame.Bytes[NumberBytes..];
            var answer = await _services.Analyzer
                .AnalyzeAsync(picture, "frame", choice, _turn, _models.First, _models.Second, _budget, limit.Token).ConfigureAwait(false);
            _latest.Return(frame);
            _lastSeconds = _isFilm ? Math.Max(_lastSeconds, number / 1000.0) : _services.Time.GetElapsedTime(_start).TotalSeconds;
            var faces = _tracker.Update(answer.Faces, _lastSeconds);
            var beside = _besideTracker.Update(answer.BesideFaces, _lastSeconds);
            _services.Metrics.Frame("answered");
            return JsonResponse.ToBytes(json => Write(json, number, choice, answer, faces, beside));
        }
        catch (RequestProblem problem)
        {
            _latest.Return(frame);
            return Failed(number, problem);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            // Decoding cannot be interrupted and may still read this frame, so its buffer is not used again.
            string seconds = _services.Options.RequestSeconds.ToString(CultureInfo.InvariantCulture);
            return Failed(number, RequestProblem.Overloaded(
                $"The frame took longer than {seconds} seconds and was given up. Send smaller frames, or fewer."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _services.Log.Failure(Routes.Live, e);
            return Failed(number, new RequestProblem(500, "The server failed at this frame; its log says more."));
        }
    }

    private byte[] Failed(uint number, RequestProblem problem)
    {
        _services.Metrics.Frame("failed");
        return JsonResponse.ToBytes(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("frame", number);
            json.WritePropertyName("problem");
            ProblemDetailsWriter.Write(json, problem);
            json.WriteEndObject();
        });
    }

    private void Write(Utf8JsonWriter json, uint number, FaceChoice choice, PictureAnswer answer, IReadOnlyList<TrackedFace> faces,
        IReadOnlyList<TrackedFace> beside)
    {
        bool isDetected = choice.Where == FaceSource.DetectInFrame;
        json.WriteStartObject();
        json.WriteNumber("frame", number);
        json.WriteStartObject("image");
        json.WriteNumber("width", answer.Width);
        json.WriteNumber("height", answer.Height);
        json.WriteEndObject();
        json.WriteStartArray("faces");
        for (int i = 0; i < faces.Count; i++)
        {
            var face = faces[i];
            json.WriteStartObject();
            json.WriteNumber("id", face.Id);
            FaceJson.WriteMembers(json, face.Box, isDetected ? face.Score : null, face.Prediction.Label, face.Prediction);
            if (answer.Beside is not null) PredictionJson.WriteBeside(json, beside[i].Prediction);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        PredictionJson.WriteModels(json, answer);
        PredictionJson.Write(json, answer.Times);
        json.WriteNumber("superseded", Interlocked.Read(ref _superseded));
        json.WriteEndObject();
    }

    private bool TryReadSettings(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root) return false;
            if (!root.TryGetProperty("box", out var value)) return false;
            if (value.ValueKind == JsonValueKind.Null)
            {
                _choice = FaceChoice.DetectInFrame;
                return true;
            }
            var box = new FaceBox(Number("x"), Number("y"), Number("width"), Number("height"));
            if (!PredictRequest.IsSound(box)) return false;
            _choice = new FaceChoice(FaceSource.Box, box);
            return true;

            float Number(string name) => value.GetProperty(name).GetSingle();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>How a connection ends; without a status, it was lost.</summary>
    private sealed record Ending(WebSocketCloseStatus? Status, string Reason);
}
