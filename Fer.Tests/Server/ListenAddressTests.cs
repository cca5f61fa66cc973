using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fer.Pipeline;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class ListenAddressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("5080", "localhost:5080", true)]
    [InlineData("localhost:1", "localhost:1", true)]
    [InlineData("127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("[::1]:80", "[::1]:80", true)]
    [InlineData("0.0.0.0:80", "0.0.0.0:80", false)]
    [InlineData("192.168.1.5:5080", "192.168.1.5:5080", false)]
    [InlineData("[::]:0", "[::]:0", false)]
    public void Ports_and_addresses_are_read(string text, string read, bool loopback)
    {
        var address = ListenAddress.Parse(text);
        Assert.Equal(read, address.ToString());
        Assert.Equal(loopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("example.org:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("1:80")]
    [InlineData("http://localhost:80")]
    public void Anything_else_is_wrong_usage_that_shows_what_is_right(string text) =>
        Assert.Contains("localhost:5080", Assert.Throws<FerUsageException>(() => ListenAddress.Parse(text)).Message);

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var models = new Fer.Tests.Models.TestModels();
        using var model = Fer.Pipeline.Models.FerModel.Load(models.Save(), 1);
        string listen = $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var e = await Assert.ThrowsAsync<FerException>(
            () => FerServer.StartAsync(model, new ServeOptions { Listen = listen }, cancellationToken: Cancel));
        Assert.Contains(listen, e.Message);
        Assert.Contains("another program", e.Message);
    }

    [Fact]
    public async Task A_certificate_serves_https()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        string pem = _folder.Write("server.pem", certificate.ExportCertificatePem()),
            keyFile = _folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
        string pfx = _folder.Write("server.pfx", certificate.Export(X509ContentType.Pfx, "secret")),
            password = _folder.Write("password.txt", "secret\n");
        foreach (var options in (ServeOptions[])[new() { Certificate = pem, CertificateKey = keyFile, AllowedHosts = ["face.example"] },
            new() { Certificate = pfx, CertificatePasswordFile = password, AllowedHosts = ["face.example"] }])
        {
            await using var server = await RunningServer.StartAsync(options);
            Assert.StartsWith("https://", server.Server.Url);
            using var handler = new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, seen, _, _) =>
                seen?.Thumbprint == certificate.Thumbprint
            };
            using var client = new HttpClient(handler);
            string url = server.Server.Url + Routes.Health;
            Assert.Equal("ok\n", await client.GetStringAsync(url, Cancel));
            // A browser that once reached it by its name never goes there without TLS again; localhost is for everybody.
            foreach (var (host, isTold) in ((string, bool)[])[("face.example", true), ("localhost", false)])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Host = host;
                Assert.Equal(isTold, (await client.SendAsync(request, Cancel)).Headers.Contains("Strict-Transport-Security"));
            }
        }
        foreach (var options in (ServeOptions[])[new() { Certificate = pem }, new() { Certificate = pfx },
            new() { Certificate = _folder.File("none.pfx") }, new() { Certificate = password }])
        {
            var e = await Assert.ThrowsAsync<FerException>(() => RunningServer.StartAsync(options));
            Assert.Contains(options.Certificate!, e.Message);
        }
    }
}
