using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Faces;

namespace Fer.Server;

/// <summary>Every option of <see cref="FerServer"/> with its default. Limits protect the machine from greedy clients.</summary>
public sealed record ServeOptions
{
    /// <summary>
    /// Where to listen: <c>PORT</c>, <c>localhost:PORT</c>, <c>ADDRESS:PORT</c> or <c>[ADDRESS]:PORT</c>. Port 0 takes a free one.
    /// </summary>
    public string Listen { get; init; } = "localhost:5080";

    /// <summary>
    /// Whether faces are looked for. Without, a picture is one cropped face, or the request says where the face is.
    /// </summary>
    public bool Detect { get; init; } = true;

    /// <summary>What requests call the model that is served unless they name another.</summary>
    public string ModelName { get; init; } = "model";

    /// <summary>
    /// The other models that requests may name, newest first; asked again whenever somebody wants to know. Null for none.
    /// </summary>
    public Func<IReadOnlyList<(string Name, string Path)>>? OtherModels { get; init; }

    /// <summary>Most other models in memory at a time; the one that was used longest ago makes room.</summary>
    public int MaxOtherModels { get; init; } = 3;

    /// <summary>How to look for faces in photographs.</summary>
    public FaceFinderOptions Photographs { get; init; } = new();

    /// <summary>How to look for faces in the frames of a camera.</summary>
    public FaceFinderOptions Frames { get; init; } = FaceFinderOptions.Live;

    /// <summary>Threads that analyse a camera's frame; 0 is one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// A file of keys, one a line, of which a request must name one. Required to listen where other machines can connect.
    /// </summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Names besides <c>localhost</c> and plain addresses that a request's Host header may hold.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>
    /// Origins of web apps elsewhere, such as <c>https://app.example</c>, whose pages may send requests and open live cameras.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Reverse proxies, addresses or networks such as <c>10.0.0.0/8</c>, whose word on who the client is (X-Forwarded-For, -Proto and
    /// -Host) is believed; of anybody else those headers are ignored.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>A certificate, PEM or PKCS #12, to serve HTTPS with; null serves HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's key as PEM where it is not in the same file.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>A file whose first line is the password of the certificate or its key.</summary>
    public string? CertificatePasswordFile { get; init; }

    /// <summary>Most bytes of a request's body, and of a camera frame.</summary>
    public int MaxBodyBytes { get; init; } = 10 << 20;

    /// <summary>Most bytes of the bodies of all requests together.</summary>
    public long MaxBodyBytesInAll { get; init; } = 256L << 20;

    /// <summary>Most pixels of a picture: 24 million is a large photograph of a phone.</summary>
    public int MaxPixels { get; init; } = 24_000_000;

    /// <summary>Most pictures in one request.</summary>
    public int MaxPictures { get; init; } = 64;

    /// <summary>Most requests for predictions at a time; more are answered 503.</summary>
    public int MaxRequests { get; init; } = 256;

    /// <summary>Most requests for predictions at a time of one client (its key, else its address); more are answered 429.</summary>
    public int MaxRequestsPerClient { get; init; } = 64;

    /// <summary>Most live cameras at a time.</summary>
    public int MaxLiveSessions { get; init; } = 8;

    /// <summary>
    /// Frames a second that a live camera wants answered. Where the machine is too busy for it, fewer views of each face are looked at.
    /// </summary>
    public double LiveFrameRate { get; init; } = 25;

    /// <summary>Most connections at a time; a further one takes the place of the one that has been idle for longest.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Most connections at a time of one address, or of one IPv6 network of 64 bits; as above. Trusted proxies may have
    /// more.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 256;

    /// <summary>Seconds that a request's headers may take.</summary>
    public double HeaderSeconds { get; init; } = 10;

    /// <summary>Seconds that a request may take from its headers to its answer.</summary>
    public double RequestSeconds { get; init; } = 30;

    /// <summary>Seconds without a frame after which a live camera's connection ends.</summary>
    public double LiveIdleSeconds { get; init; } = 60;

    /// <summary>Most faces that go through the network together; at most 932,067, whose pixels fill the largest array.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>Most milliseconds that a face waits for others to share its pass; 0 never waits.</summary>
    public double MaxWaitMilliseconds { get; init; } = 2;

    /// <summary>Seconds that accepted requests get to finish in when the server stops.</summary>
    public double ShutdownSeconds { get; init; } = 10;

    /// <summary>Seconds between the lines of the log about where the time went; 0 writes none.</summary>
    public double LogSeconds { get; init; } = 10;

    /// <exception cref="FerUsageException">A limit makes no sense.</exception>
    internal void Check()
    {
        Positive(MaxBodyBytes, nameof(MaxBodyBytes));
        Positive(MaxBodyBytesInAll, nameof(MaxBodyBytesInAll));
        Positive(MaxPixels, nameof(MaxPixels));
        Positive(MaxPictures, nameof(MaxPictures));
        Positive(MaxRequests, nameof(MaxRequests));
        Positive(MaxRequestsPerClient, nameof(MaxRequestsPerClient));
        Positive(MaxConnections, nameof(MaxConnections));
        Positive(MaxConnectionsPerAddress, nameof(MaxConnectionsPerAddress));
        foreach (string origin in AllowedOrigins) AllowedOrigin.Parse(origin);
        foreach (string proxy in TrustedProxies) Server.TrustedProxies.Parse(proxy);
        Positive(HeaderSeconds, nameof(HeaderSeconds));
        Positive(RequestSeconds, nameof(RequestSeconds));
        Positive(LiveFrameRate, nameof(LiveFrameRate));
        Positive(MaxOtherModels, nameof(MaxOtherModels));
        Positive(LiveIdleSeconds, nameof(LiveIdleSeconds));
        Positive(MaxBatch, nameof(MaxBatch));
        if (MaxBatch > Face.MostInArray)
            throw new FerUsageException($"{nameof(MaxBatch)} is {MaxBatch}; at most {Face.MostInArray} faces fit into one array.");
        NotNegative(MaxLiveSessions, nameof(MaxLiveSessions));
        NotNegative(MaxWaitMilliseconds, nameof(MaxWaitMilliseconds));
        NotNegative(ShutdownSeconds, nameof(ShutdownSeconds));
        NotNegative(LogSeconds, nameof(LogSeconds));
        if (CertificateKey is not null && Certificate is null)
            throw new FerUsageException("A certificate's key is no use without its certificate; name that as well.");
    }

    private static void Positive(double value, string name)
    {
        if (!(value > 0) || value > int.MaxValue * 1024.0) throw new FerUsageException($"{name} is {value}; it must be above 0.");
    }

    private static void NotNegative(double value, string name)
    {
        if (!(value >= 0) || value > int.MaxValue) throw new FerUsageException($"{name} is {value}; it must be 0 or more.");
    }
}
