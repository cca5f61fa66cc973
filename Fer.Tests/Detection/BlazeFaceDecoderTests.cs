using System.Numerics;
using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

public class BlazeFaceDecoderTests
{
    [Theory]
    [InlineData(0, 0.5f / 16, 0.5f / 16)]
    [InlineData(1, 0.5f / 16, 0.5f / 16)]
    [InlineData(2, 1.5f / 16, 0.5f / 16)]
    [InlineData(32, 0.5f / 16, 1.5f / 16)]
    [InlineData(511, 15.5f / 16, 15.5f / 16)]
    [InlineData(512, 0.5f / 8, 0.5f / 8)]
    [InlineData(518, 1.5f / 8, 0.5f / 8)]
    [InlineData(895, 7.5f / 8, 7.5f / 8)]
    public void Anchors_are_the_centres_of_their_cells(int anchor, float x, float y) =>
        Assert.Equal(new Vector2(x, y), BlazeFaceDecoder.AnchorAt(anchor));

    [Theory]
    [InlineData(3)]
    [InlineData(700)]
    public void A_face_is_returned_in_image_pixels(int anchor)
    {
        var output = new BlazeFaceOutput();
        output.Scores.AsSpan().Fill(-50);
        FakeNetwork.Put(output, anchor, 128, 2, x: 40, y: 60, width: 20, height: 24);
        var faces = new List<DetectedFace>();
        BlazeFaceDecoder.Decode(output, 128, new FaceBox(10, 20, 256, 256), 0.5f, faces);
        var face = Assert.Single(faces);
        Assert.Equal(1 / (1 + MathF.Exp(-2)), face.Score, 1e-6f);
        Assert.Equal((70f, 116f, 40f, 48f), (face.Box.X, face.Box.Y, face.Box.Width, face.Box.Height));
        Assert.Equal(new Vector2(80, 140), face.Landmarks.RightEye);
        Assert.Equal(new Vector2(100, 140), face.Landmarks.LeftEye);
        Assert.Equal(new Vector2(90, 140), face.Landmarks.Mouth);
        Assert.Equal(0, face.Landmarks.Roll, 1e-6f);
    }

    [Fact]
    public void Faces_below_the_minimum_score_and_invalid_ones_are_left_out()
    {
        var output = new BlazeFaceOutput();
        output.Scores.AsSpan().Fill(-50);
        FakeNetwork.Put(output, 5, 128, 0.3f, 40, 60, 20, 20);
        FakeNetwork.Put(output, 6, 128, 5, 40, 60, -20, 20);
        FakeNetwork.Put(output, 7, 128, 5, float.NaN, 60, 20, 20);
        FakeNetwork.Put(output, 8, 128, float.NaN, 40, 60, 20, 20);
        var faces = new List<DetectedFace>();
        BlazeFaceDecoder.Decode(output, 128, new FaceBox(0, 0, 128, 128), 0.6f, faces);
        Assert.Empty(faces);
    }
}
