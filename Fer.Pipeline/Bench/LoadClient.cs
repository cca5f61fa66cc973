using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fer.Bench;

/// <summary>
/// Sends one request again and again over one connection and records the answers; it does little, as it shares the machine with the server.
/// </summary>
internal sealed class LoadClient(int port, byte[] request)
{
    private readonly byte[] _buffer = new byte[16 << 10];

    /// <summary>Milliseconds of each answer of status 200.</summary>
    internal List<float> Milliseconds { get; } = [];

    /// <summary>Answers by status; 0 counts broken connections.</summary>
    internal Dictionary<int, int> Statuses { get; } = [];

    /// <summary>Asks until the time is over.</summary>
    internal async Task RunAsync(Func<bool> isOver, CancellationToken cancellationToken)
    {
        while (!isOver())
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
                while (!isOver())
                {
                    long start = Stopwatch.GetTimestamp();
                    await socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
                    int status = await ReceiveAsync(socket, cancellationToken).ConfigureAwait(false);
                    Count(status);
                    if (status == 200) Milliseconds.Add((float)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
            catch (Exception e) when (e is SocketException or InvalidDataException)
            {
                Count(0);
            }
        }
    }

    private void Count(int status) => Statuses[status] = Statuses.GetValueOrDefault(status) + 1;

    private async Task<int> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        int have = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(_buffer.AsMemory(have), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new InvalidDataException("The connection ended before the answer did.");
            have += read;
            int head = _buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            if (have >= head + 4 + Length(_buffer.AsSpan(0, head))) return int.Parse(_buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
        }
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        int at = head.IndexOf(name);
        if (at < 0) return 0;
        var digits = head[(at + name.Length)..];
        int end = digits.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }

    /// <summary>A request with a body.</summary>
    internal static byte[] Post(string path, string type, byte[] body)
    {
        string head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
