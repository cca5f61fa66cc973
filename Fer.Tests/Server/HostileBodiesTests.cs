using System.Text;
using Fer.Pipeline;

namespace Fer.Tests.Server;

public sealed class HostileBodiesTests
{
    /// <summary>Bodies in all; set FER_HOSTILE_BODIES for more, for instance 10000.</summary>
    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("FER_HOSTILE_BODIES"), out int count) ? count : 600;

    [Fact]
    public async Task Random_bodies_are_answered_with_a_picture_or_a_problem_and_never_with_a_failure()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxBodyBytes = 100_000, MaxPixels = 100_000 }, new HalvesFinder());
        byte[] png = RunningServer.Face(), jpeg = TestPictures.Jpeg;
        const string Boundary = "----b0und4ry";
        byte[] form = [
            .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.png\"\r\n\r\n"), .. png,
            .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n"), .. jpeg,
            .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n")];
        var random = new RandomStream(20_261_122);
        var seen = new Dictionary<int, int>();
        for (int i = 0; i < Count; i++)
        {
            byte[] body = (i % 4) switch
            {
                0 => Mutation.Of(png, ref random),
                1 => Mutation.Of(jpeg, ref random),
                2 => Mutation.Of(form, ref random),
                _ => Noise(ref random),
            };
            string type = i % 4 == 2 ? $"multipart/form-data; boundary={Boundary}" : "application/octet-stream";
            using var response = await server.PostAsync(i % 8 < 4 ? "v1/predict" : "v1/predict?faces=whole", body, type);
            int status = (int)response.StatusCode;
            seen[status] = seen.GetValueOrDefault(status) + 1;
            Assert.True(status is 200 or 400 or 413 or 415 or 422,
                $"body {i}: {status} {await response.Content.ReadAsStringAsync(RunningServer.Cancel)}\n{server.Log}");
        }
        Assert.True(seen.ContainsKey(200) && seen.ContainsKey(415) && seen.ContainsKey(422), string.Join(", ", seen));
        Assert.True((await server.PostAsync("v1/predict", png)).IsSuccessStatusCode);
        string metrics = await server.Client.GetStringAsync("metrics", RunningServer.Cancel);
        Assert.Contains("fer_body_bytes 0\n", metrics);
        Assert.Contains("fer_requests_in_progress 0\n", metrics);
        Assert.Empty(server.Log.ToString());
    }

    private static byte[] Noise(ref RandomStream random)
    {
        var bytes = new byte[random.NextInt32(3000)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.NextUInt64();
        return bytes;
    }
}
